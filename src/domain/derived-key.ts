import { hkdfSync } from 'node:crypto';

/** One use, one key: HKDF (RFC 5869) keeps what is signed for one purpose worthless for any other. */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `satchel ${purpose}`, 32));
}
