import { hkdfSync } from 'node:crypto';

/**
 * One use, one key: HKDF (RFC 5869) keeps what is signed or sealed for one purpose worthless for any other.
 * Another purpose or another derivation would make all cookies and stored data unreadable.
 * @param length in bytes
 */
export function deriveKey(secret: string, purpose: string, length = 32): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `satchel ${purpose}`, length));
}
