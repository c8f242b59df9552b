import { guessBits } from '../lib/guessing/guess-bits.ts';

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
  return changesBetween(secret.toLowerCase(), example) < FEWEST_CHANGES;
}

/** Counts the changes that make the example from a part of the secret (the distance of Levenshtein, from any place). */
function changesBetween(secret: string, example: string): number {
  // For each length of the secret: the fewest changes between the end of that part and the example so far.
  let row = Array.from({ length: secret.length + 1 }, () => 0);
  for (const [i, wanted] of Array.from(example).entries()) {
    const next = [i + 1];
    for (let j = 1; j < row.length; j += 1) {
      const replaced = row[j - 1]! + Number(secret[j - 1] !== wanted);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return Math.min(...row);
}
