import { guessBits } from '../../lib/guessing/guess-bits.ts';
import { withoutDisguise } from '../../lib/guessing/likely-parts.ts';

/**
 * NIST SP 800-63B-4, 3.1.1.2: at least 15 characters when there is no second factor, and 64 or more must be allowed.
 */
export const passwordLength = { least: 15, most: 128 };

/**
 * How many bits a guesser must need at least. Two common passwords or words are too little, three random words are
 * enough.
 */
const LEAST_BITS = 24.5;

/**
 * Words that an attacker tries first here. More general words would refuse too many passwords.
 */
export const ownWords = ['satchel'];

/** Shorter names are ignored, because they are part of too many words. In characters. */
const SHORTEST_NAME = 4;

export const passwordAdvice = `Use ${passwordLength.least} to ${passwordLength.most} characters. A few words in a row make a good one.`;

/**
 * Checks a new password. The length counts; every character is allowed and none is required.
 * @returns a message for the person who chose it, or null when it is fine
 */
export function passwordFault(
  password: string,
  { name, email }: { name: string; email: string },
): string | null {
  const characters = Array.from(password.normalize('NFC'));
  if (characters.length < passwordLength.least || characters.length > passwordLength.most) {
    return passwordAdvice;
  }
  if (isSequence(characters)) {
    return 'This is one character over and over, or a sequence like abcd. Try a few words.';
  }
  const guess = easiestGuess(password);
  if (guess.bits < LEAST_BITS) {
    return guess.usesWords
      ? 'Many people use this password, so it is guessed first. Try a few words of your own.'
      : 'This is the same over and over, or a walk over the keyboard. Try a few words of your own.';
  }
  if (containsAny(password, ownWords)) {
    return 'This contains our name, which is guessed early. Try words that have nothing to do with us.';
  }
  if (containsAny(password, [name, ...name.split(/\s+/), ...namesOf(email)])) {
    return 'This contains your name or e-mail address, which others know. Try words that say nothing about you.';
  }
  return null;
}

/** Returns true for one repeated character and for a sequence: aaaa, abcd, dcba. */
function isSequence(characters: string[]): boolean {
  const codes = characters.map((character) => character.codePointAt(0)!);
  const steps = codes.slice(1).map((code, i) => code - codes[i]!);
  return [-1, 0, 1].some((size) => steps.every((step) => step === size));
}

/**
 * Case and blanks between words are no work for a guesser, and neither is a year or what else people put at the end to
 * please a rule.
 */
function easiestGuess(password: string) {
  const plain = password
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\-_.,]/g, '');
  const [whole, begin] = [plain, plain.replace(/[^\p{L}]{1,4}$/u, '')].map(guessBits);
  return begin!.bits < whole!.bits ? begin! : whole!;
}

/** The part of an address before the @, and the parts of which it is made, such as first and last name. */
function namesOf(email: string): string[] {
  const local = email.slice(0, Math.max(email.lastIndexOf('@'), 0));
  return [local, ...local.split(/[^\p{L}\p{N}]+/u)];
}

/** Compares only letters and digits, without case, and also as if signs and digits were the letters that they look like. */
function containsAny(password: string, names: string[]): boolean {
  const small = (text: string) => text.normalize('NFKC').toLowerCase();
  const simplify = (text: string) => small(text).replace(/[^\p{L}\p{N}]/gu, '');
  const passwords = [simplify(password), simplify(withoutDisguise(small(password)))];
  return names
    .map(simplify)
    .some((name) => name.length >= SHORTEST_NAME && passwords.some((text) => text.includes(name)));
}
