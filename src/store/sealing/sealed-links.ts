import { createHash } from 'node:crypto';
import type { Grant, Links } from '../contract/links.ts';
import type { Keyring } from './keyring.ts';
import type { LinkBackend } from '../backend.ts';
import { openTwice, sealTwice } from './seal-twice.ts';

const PREFIX = 'link:';

interface SealedLinksOptions {
  backend: LinkBackend;
  keyring: Keyring;
}

/**
 * The links of the contract on top of a backend. A grant is sealed under the app's secret, and inside that under the
 * link's own token. So a copy of the store, even with the app's secret, reveals neither the user of a link nor the
 * session that made it.
 */
export function createSealedLinks({ backend, keyring }: SealedLinksOptions): Links {
  function openGrant(token: string, key: string, sealed: Buffer | null): Grant | null {
    const grant = sealed && openTwice(keyring, token, sealed, key);
    return grant === null ? null : (JSON.parse(grant) as Grant);
  }

  return {
    create(token, grant, lifetime) {
      const key = linkKey(token);
      return backend.write(key, sealTwice(keyring, token, JSON.stringify(grant), key), lifetime);
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
