import { createHash } from 'node:crypto';
import type { Grant, Links } from '../contract/links.ts';
import { createKeyring, type Keyring } from './keyring.ts';
import type { LinkBackend } from '../backend.ts';

const PREFIX = 'link:';

interface SealedLinksOptions {
  backend: LinkBackend;
  keyring: Keyring;
}

/**
 * The links of the contract on top of a backend. A grant is sealed twice: under the app's secret, and inside that under
 * the link's own token, which the store never sees. So a copy of the store, even with the app's secret, reveals neither
 * the user of a link nor the session that made it.
 */
export function createSealedLinks({ backend, keyring }: SealedLinksOptions): Links {
  function openGrant(token: string, key: string, sealed: Buffer | null): Grant | null {
    const outer = sealed && keyring.open(sealed, key);
    const inner = outer && createKeyring([token]).open(Buffer.from(outer.text, 'base64'), key);
    return inner && (JSON.parse(inner.text) as Grant);
  }

  return {
    create(token, grant, lifetime) {
      const key = linkKey(token);
      const inner = createKeyring([token]).seal(JSON.stringify(grant), key);
      return backend.write(key, keyring.seal(inner.toString('base64'), key), lifetime);
    },

    async read(token) {
      const key = linkKey(token);
      return openGrant(token, key, await backend.read(key));
    },

    async take(token) {
      const key = linkKey(token);
      return openGrant(token, key, await backend.take(key));
    },

    endAll: () => backend.removeAll(PREFIX),
  };
}

/** The store knows only this hash. A token has 256 random bits, so it needs no salt. */
function linkKey(token: string): string {
  return `${PREFIX}${createHash('sha256').update(token).digest('hex')}`;
}
