import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { deriveKey } from '../../lib/derived-key.ts';
import { Memo } from '../../lib/speed/memo.ts';
import type { SealedParts } from '../contract/inspection.ts';

const CIPHER = 'aes-256-gcm';
const ID = 1;
const NONCE = 12;
const TAG = 16;
const HEADER = ID + NONCE + TAG;

/** So many opened values are remembered, and none that is longer than this, in bytes: 15 MB at the very most. */
const MOST_OPENED = 10_000;
const LONGEST_OPENED = 600;

interface SealingKey {
  id: number;
  /** A handle rather than bytes, from which Node would make one for every value: that took a fifth of a page's time. */
  secret: KeyObject;
}

export interface Opened {
  readonly text: string;
  /** Sealed under a secret that no longer comes first: seal it anew. */
  readonly stale: boolean;
}

export interface Keyring {
  /** Encrypts and authenticates `text`. `place` (store key and field) must be named again to open it. */
  seal(text: string, place: string): Buffer;
  /** @returns null when the bytes were damaged, moved from another place, or sealed by nobody we know */
  open(sealed: Buffer, place: string): Opened | null;
  /** The first byte of everything sealed under the first secret. */
  readonly currentId: number;
}

/**
 * Seals with the first secret and opens with all of them, so that a secret can be rotated without losing a session.
 * Layout of sealed bytes: key id (1), nonce (12), tag (16), ciphertext.
 * A random nonce under one key is safe for 2^32 values (NIST SP 800-38D, 8.3); rotate the secret well before.
 */
export function createKeyring(secrets: readonly string[]): Keyring {
  const keys = secrets.map(sealingKey);
  const [current] = keys;
  if (!current) throw new Error('A keyring needs a secret.');
  const memo = new Memo<Opened>(MOST_OPENED);

  function open(sealed: Buffer, place: string): Opened | null {
    // Two secrets share an id once in 256: try each that fits.
    for (const key of keys) {
      if (key.id !== sealed[0]) continue;
      const text = decrypt(key, sealed, place);
      if (text !== null) return { text, stale: key !== current };
    }
    return null;
  }

  return {
    currentId: current.id,
    seal(text, place) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv(CIPHER, current.secret, nonce);
      cipher.setAAD(Buffer.from(place));
      const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(current.id), nonce, cipher.getAuthTag(), ciphertext]);
    },
    /** A session's fields come by with every request, mostly unchanged: the same bytes at the same place say the same. */
    open(sealed, place) {
      // A damaged record in SQLite may hold a number or text where bytes were.
      if (!Buffer.isBuffer(sealed)) return null;
      if (sealed.length > LONGEST_OPENED) return open(sealed, place);
      return memo.get(`${place}\0${sealed.toString('latin1')}`, () => open(sealed, place));
    },
  };
}

/** Takes sealed bytes apart. Nothing is copied. */
export function partsOf(sealed: Buffer): SealedParts {
  return {
    keyId: sealed.subarray(0, ID),
    nonce: sealed.subarray(ID, ID + NONCE),
    tag: sealed.subarray(ID + NONCE, HEADER),
    ciphertext: sealed.subarray(HEADER),
  };
}

function sealingKey(secret: string): SealingKey {
  return {
    id: deriveKey(secret, 'sealing key id', 1).readUInt8(),
    secret: createSecretKey(deriveKey(secret, 'sealing')),
  };
}

function decrypt(key: SealingKey, sealed: Buffer, place: string): string | null {
  if (sealed.length < HEADER) return null;
  const { nonce, tag, ciphertext } = partsOf(sealed);
  const decipher = createDecipheriv(CIPHER, key.secret, nonce, { authTagLength: TAG });
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
