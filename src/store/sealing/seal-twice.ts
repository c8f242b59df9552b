import { createKeyring, type Keyring } from './keyring.ts';

/**
 * Seals a text under a secret that the store never sees, and around that under the app's secret. So a copy of the
 * store, even with the app's secret, does not reveal the text.
 */
export function sealTwice(keyring: Keyring, secret: string, text: string, place: string): Buffer {
  const inner = createKeyring([secret]).seal(text, place);
  return keyring.seal(inner.toString('base64'), place);
}

/** @returns null when the bytes do not open with this secret, or were moved from another place */
export function openTwice(
  keyring: Keyring,
  secret: string,
  sealed: Buffer,
  place: string,
): string | null {
  const outer = keyring.open(sealed, place);
  if (!outer) return null;
  return createKeyring([secret]).open(Buffer.from(outer.text, 'base64'), place)?.text ?? null;
}
