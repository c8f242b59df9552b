import { dictionary } from '@zxcvbn-ts/language-common';

/**
 * NIST SP 800-63B-4, 3.1.1.2: at least 15 characters when there is no second factor, and 64 or more must be allowed.
 */
export const passwordLength = { least: 15, most: 128 };

/** The most common passwords of public leaks, in lower case. */
const common = new Set(dictionary['passwords-common']);
const LONGEST_COMMON = Math.max(...[...common].map(({ length }) => length));

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
  if (isCommon(password)) {
    return 'Many people use this password, so it is guessed first. Try a few words of your own.';
  }
  if (containsAny(password, ownWords)) {
    return 'This contains our name, which is guessed early. Try words that have nothing to do with us.';
  }
  if (containsAny(password, [name, ...name.split(/\s+/), email.split('@', 1)[0]!])) {
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
 * Returns true for a common password, and for a combination of two of them. Each of the two may be repeated, and there
 * may be a year or similar characters at the end. The list has few passwords of 15 characters, and people lengthen a
 * shorter one in these ways.
 */
function isCommon(password: string): boolean {
  const plain = password.normalize('NFKC').toLowerCase().replace(/\s/g, '');
  return [plain, plain.replace(/[^\p{L}]{1,4}$/u, '')].some((text) => {
    for (let cut = 1; cut <= text.length; cut += 1) {
      if (repeatsCommon(text.slice(0, cut)) && repeatsCommon(text.slice(cut))) return true;
    }
    return false;
  });
}

function repeatsCommon(text: string): boolean {
  if (text === '') return true;
  for (let length = 1; length <= Math.min(text.length, LONGEST_COMMON); length += 1) {
    const unit = text.slice(0, length);
    if (common.has(unit) && text === unit.repeat(text.length / length)) return true;
  }
  return false;
}

/** Compares only letters and digits, without case. */
function containsAny(password: string, names: string[]): boolean {
  const simplify = (text: string) =>
    text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, '');
  const simplePassword = simplify(password);
  return names
    .map(simplify)
    .some((name) => name.length >= SHORTEST_NAME && simplePassword.includes(name));
}
