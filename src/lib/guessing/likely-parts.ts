import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';

/** Phrases that stand for a good password, or that people know by heart. In lower case, without blanks. */
const famous = [
  'carryonluggage',
  'correcthorsebatterystaple',
  'itwasthebestoftimes',
  'jumpsoverthelazydog',
  'loremipsumdolorsitamet',
  'maytheforcebewithyou',
  'nevergonnagiveyouup',
  'onceuponatime',
  'onetwothreefourfive',
  'thatisthequestion',
  'thequickbrownfox',
  'thisismypassword',
  'tobeornottobe',
  'twinkletwinklelittlestar',
];

const calendar = [
  'january february march april may june july august september october november december',
  'monday tuesday wednesday thursday friday saturday sunday spring summer autumn winter',
].flatMap((names) => names.split(' '));

/** The most bits that a listed word takes, so that two of them are never enough. */
const MOST_WORD_BITS = 11;

/** Word -> the bits that it takes to guess it: the logarithm of its place in a list that is tried from the top. */
const words = new Map<string, number>();
for (const word of dictionary['diceware-common']) words.set(word, MOST_WORD_BITS);
for (const word of [...calendar, ...famous]) words.set(word, Math.log2(calendar.length));
for (const [place, word] of dictionary['passwords-common'].entries()) {
  const bits = Math.min(Math.log2(place + 2), MOST_WORD_BITS);
  words.set(word, Math.min(bits, words.get(word) ?? bits));
}

/** The longest word, in characters. */
export const LONGEST_WORD = Math.max(...Array.from(words.keys(), ({ length }) => length));

/** Digits and signs, and the letters that they look like, in the same order. */
const [SIGNS, LETTERS] = ['01345789@$!|+€(', 'oieastbgasiltec'];
const disguises = new Map(Array.from(SIGNS, (sign, at) => [sign, LETTERS[at]!]));

/** Some letters of a word written as digits or signs, in bits. */
const DISGUISE = 1;
/** One of the last hundred years, in bits. */
const YEAR = 6.6;

/** Returns the bits that a listed word or a year takes; undefined for anything else. */
export function wordBits(text: string): number | undefined {
  if (/^(19|20)\d\d$/.test(text)) return YEAR;
  const listed = words.get(text);
  if (listed !== undefined) return listed;
  const plain = words.get(withoutDisguise(text));
  return plain === undefined ? undefined : plain + DISGUISE;
}

/** Returns a text with letters for the digits and signs that look like them: `passwort` for `p4$$w0rt`. */
export function withoutDisguise(text: string): string {
  return text.replace(/[^a-z]/g, (character) => disguises.get(character) ?? character);
}

/** Two neighbours on a keyboard -> the directions in which one follows the other, each named by its keyboard. */
const directions = new Map<string, string[]>();
for (const [keyboard, keys] of Object.entries(adjacencyGraphs)) {
  for (const [key, neighbours] of Object.entries(keys)) {
    for (const [direction, characters] of (neighbours as (string | null)[]).entries()) {
      for (const neighbour of characters ?? '') {
        const pair = key + neighbour;
        directions.set(pair, [...(directions.get(pair) ?? []), `${keyboard} ${direction}`]);
      }
    }
  }
}

/** Returns the directions in which one key follows another; empty when they are no neighbours. */
export function keyDirections(key: string, next: string): readonly string[] {
  return directions.get(key + next) ?? [];
}
