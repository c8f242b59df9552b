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

// The parts of sealed bytes before the ciphertext, in bytes.
const KEY_ID = 1;
const NONCE = 12;
const TAG = 16;
const HEADER = KEY_ID + NONCE + TAG;

/** The largest number of opened values in the cache. With `LONGEST_CACHED` the cache takes at most 15 MB. */
const MOST_CACHED = 10_000;
/** Longer sealed values are not cached, in bytes. */
const LONGEST_CACHED = 600;

interface SealingKey {
  id: number;
  /** A KeyObject, because Node would make one from bytes for every value. That took a fifth of the time of a page. */
  secret: KeyObject;
}

export interface Opened {
  readonly text: string;
  /** True when the value was sealed under an old secret and should be sealed again. */
  readonly stale: boolean;
}

export interface Keyring {
  /**
   * Encrypts and authenticates a text.
   * @param place the associated data: the store key and the field. The value opens only at the same place
   */
  seal(text: string, place: string): Buffer;
  /**
   * @returns null when the bytes were changed, were moved from another place, or were sealed under an unknown secret
   */
  open(sealed: Buffer, place: string): Opened | null;
  /** The first byte of everything that is sealed under the first secret. */
  readonly currentId: number;
}

/**
 * Creates a keyring that seals with the first secret and opens with all of them, so that a secret can be rotated
 * without losing a session.
 * Layout of sealed bytes: key id (1), nonce (12), tag (16), ciphertext.
 * Random nonces are safe for 2^32 values under one key (NIST SP 800-38D, 8.3). Rotate the secret long before that.
 * @throws {Error} when there is no secret
 */
export function createKeyring(secrets: readonly string[]): Keyring {
  const keys = secrets.map(sealingKey);
  const [current] = keys;
  if (!current) throw new Error('A keyring needs at least one secret.');
  const opened = new Memo<Opened>(MOST_CACHED);

  function open(sealed: Buffer, place: string): Opened | null {
    // Two secrets have the same id with a probability of 1 in 256, so every key with this id is tried.
    for (const key of keys) {
      if (key.id !== sealed[0]) continue;
      const text = decrypt(key, sealed, place);
      if (text !== null) return { text, stale: key !== current };
    }
    return null;
  }

  return {
    currentId: current.id,
    // docs: seal
    seal(text, place) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv(CIPHER, current.secret, nonce);
      cipher.setAAD(Buffer.from(place));
      const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(current.id), nonce, cipher.getAuthTag(), ciphertext]);
    },
    // docs: end
    /** The result is cached, because the fields of a session are opened for every request and rarely change. */
    open(sealed, place) {
      // A damaged record in SQLite may contain a number or a text instead of bytes.
      if (!Buffer.isBuffer(sealed)) return null;
      if (sealed.length > LONGEST_CACHED) return open(sealed, place);
      return opened.get(`${place}\0${sealed.toString('latin1')}`, () => open(sealed, place));
    },
  };
}

/** Returns the parts of sealed bytes, without copying them. */
export function partsOf(sealed: Buffer): SealedParts {
  return {
    keyId: sealed.subarray(0, KEY_ID),
    nonce: sealed.subarray(KEY_ID, KEY_ID + NONCE),
    tag: sealed.subarray(KEY_ID + NONCE, HEADER),
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
