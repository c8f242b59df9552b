import { scryptSync } from 'node:crypto';

/** It takes 64 MiB, and about 0.3 s at the start. `maxmem` is in bytes. */
const COST = { N: 2 ** 16, r: 8, p: 1, maxmem: 128 * 1024 * 1024 };
/** In bytes. */
const LENGTH = 32;
/** Every process must come to the same result, so the salt is no secret and has no random part. */
const SALT = 'satchel stretched secret';

/** What was stretched before, because tests open many apps in one process. */
const stretched = new Map<string, string>();

/**
 * Returns the secrets from which the keys are derived. First each secret, stretched: somebody who has a cookie or a copy
 * of the store and guesses at the secret has to stretch each guess too. Then each secret as it is: it only verifies and
 * opens what releases without stretching have signed and sealed.
 */
export function stretchSecrets(secrets: readonly string[]): string[] {
  return [...secrets.map(stretch), ...secrets];
}

function stretch(secret: string): string {
  const known = stretched.get(secret);
  if (known !== undefined) return known;
  const result = scryptSync(secret, SALT, LENGTH, COST).toString('base64url');
  stretched.set(secret, result);
  return result;
}
