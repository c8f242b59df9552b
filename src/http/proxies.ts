import { BlockList, isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { forwardedAddress } from '../lib/forwarded-address.ts';
import type { Config } from '../settings/config.ts';

interface Options {
  config: Pick<Config, 'trustProxy'>;
}

/**
 * Finds out who sent a request, and how: `request.ip` and `request.protocol`. A proxy in TRUST_PROXY says both, in
 * X-Forwarded-For and X-Forwarded-Proto. The header Forwarded and other names for the same are not read: a proxy that
 * does not know them passes on what a client has written. Fastify's own `trustProxy` is not used, because it also
 * believes X-Forwarded-Host, and takes an entry for an address that has a port or is none.
 */
export default plugin<Options>(
  async (app, { config: { trustProxy } }) => {
    if (trustProxy.length === 0) return;
    const proxies = blockListOf(trustProxy);

    app.decorateRequest('ip', {
      getter(this: FastifyRequest) {
        return chainOf(this).client;
      },
    });

    app.decorateRequest('protocol', {
      getter(this: FastifyRequest) {
        const schemes = entriesOf(this.headers['x-forwarded-proto']);
        if (!isProxy(this.socket.remoteAddress)) return 'http';
        const scheme = schemes.length > 1 ? outermost(schemes, chainOf(this)) : schemes[0];
        return scheme?.toLowerCase() === 'https' ? 'https' : 'http';
      },
    });

    /** Follows the proxies from the last one, which sent the request to us, to the first address that is none. */
    function chainOf({ socket, headers }: FastifyRequest): Chain {
      const entries = entriesOf(headers['x-forwarded-for']);
      let client = socket.remoteAddress ?? '';
      let trusted = 0;
      while (trusted < entries.length && isProxy(client)) {
        trusted += 1;
        const address = forwardedAddress(entries.at(-trusted)!);
        // The proxy does not say who it was, so it stands for the client itself.
        if (address === null) break;
        client = address;
      }
      return { client, trusted, entries: entries.length };
    }

    function isProxy(address = ''): boolean {
      return proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
    }
  },
  { name: 'proxies' },
);

interface Chain {
  client: string;
  /** How many entries of X-Forwarded-For were written by a trusted proxy. */
  trusted: number;
  /** How many entries X-Forwarded-For has. */
  entries: number;
}

/**
 * Returns the scheme that the outermost trusted proxy has written. What stands before it, a client may have written.
 * The entries of both headers belong together only if there are as many. Otherwise the first one counts: a client that
 * writes it loses only its own protection.
 */
function outermost(schemes: string[], { trusted, entries }: Chain): string | undefined {
  return schemes.length === entries ? schemes.at(-trusted) : schemes[0];
}

/** Returns the entries of a list. Node joins several headers of one name with commas. */
function entriesOf(header: string | string[] | undefined): string[] {
  if (header === undefined) return [];
  return String(header)
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
}

function blockListOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}
