import { guessBits } from '../lib/guessing/guess-bits.ts';
import { editDistance } from './edit-distance.ts';

/** How many bits a guesser must need at least. Each guess is slow, see lib/stretched-secrets.ts. */
const LEAST_BITS = 48;
/** A secret that contains an example with fewer changed characters than this is the example. */
const FEWEST_CHANGES = 9;

/** Returns true for a secret that repeats itself, follows a pattern, or consists of a few common words. */
export function isEasySecret(secret: string): boolean {
  return guessBits(secret.toLowerCase()).bits < LEAST_BITS;
}

/** Returns true when a secret contains the example, as it is or with a few characters changed, added or left out. */
export function resemblesExample(secret: string, example: string): boolean {
  return editDistance(secret.toLowerCase(), example, { anywhere: true }) < FEWEST_CHANGES;
}
