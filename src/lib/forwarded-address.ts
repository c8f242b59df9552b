import { isIP } from 'node:net';

/**
 * Returns the address in one entry of X-Forwarded-For. Some proxies add the port (`203.0.113.8:50001`,
 * `[2001:db8::1]:443`), quotes or a zone (`fe80::1%eth0`). An IPv4 address that is written as an IPv6 address is
 * returned as IPv4, so that one client has one address.
 * @returns null for an entry that is no address, such as `unknown` or `_hidden`
 */
export function forwardedAddress(entry: string): string | null {
  const text = entry.trim().replace(/^"(.*)"$/, '$1');
  const [, bare = text] = /^\[(.*)\](?::\d*)?$/.exec(text) ?? /^([\d.]+):\d*$/.exec(text) ?? [];
  const address = bare.split('%', 1)[0]!;
  const version = isIP(address);
  if (version === 0) return null;
  return version === 4 ? address : withoutMapping(address);
}

function withoutMapping(address: string): string {
  // The host of a URL has the shortest notation (WHATWG URL, 3.5).
  const shortest = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(shortest) ?? [];
  if (high === undefined || low === undefined) return shortest;
  return [high, low].flatMap((group) => bytesOf(Number.parseInt(group, 16))).join('.');
}

function bytesOf(group: number): [number, number] {
  return [group >> 8, group & 0xff];
}
