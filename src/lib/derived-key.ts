import { hkdfSync } from 'node:crypto';

/**
 * Derives a key for one purpose from a secret, with HKDF (RFC 5869). Something that was signed or sealed for one
 * purpose is then worthless for any other. Do not change a purpose or the derivation: all cookies and stored data would
 * be unreadable.
 * @param length in bytes
 */
export function deriveKey(secret: string, purpose: string, length = 32): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `satchel ${purpose}`, length));
}
