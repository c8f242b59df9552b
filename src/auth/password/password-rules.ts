import { dictionary } from '@zxcvbn-ts/language-common';

/** NIST SP 800-63B-4, 3.1.1.2: fifteen or more where the password is all there is; 64 or more must be possible. */
export const passwordLength = { least: 15, most: 128 };

/** The most common passwords of public leaks, in lower case. */
const common = new Set(dictionary['passwords-common']);
const LONGEST = Math.max(...[...common].map(({ length }) => length));

/** What a guesser tries first here. Words of the trade, such as bag or cart, would refuse too many good phrases. */
export const shopWords = ['satchel'];

/** Shorter names are part of too many words. */
const TELLING = 4;

export const passwordAdvice = `Use ${passwordLength.least} to ${passwordLength.most} characters. A few words in a row make a good one.`;

/**
 * What is wrong with a new password, in words for whoever chose it; null when it is fine. Any character
 * will do, and none is asked for: length is what counts.
 */
export function passwordFault(
  password: string,
  { name, email }: { name: string; email: string },
): string | null {
  const characters = Array.from(password.normalize('NFC'));
  if (characters.length < passwordLength.least || characters.length > passwordLength.most) {
    return passwordAdvice;
  }
  if (isOneStep(characters)) {
    return 'This is one character over and over, or a row of them. Try a few words.';
  }
  if (isCommon(password)) {
    return 'Many people use this password, so it is guessed first. Try a few words of your own.';
  }
  if (tells(password, shopWords)) {
    return 'This contains the name of the shop, which is guessed early. Try words that have nothing to do with us.';
  }
  if (tells(password, [name, ...name.split(/\s+/), email.split('@', 1)[0]!])) {
    return 'This contains your name or e-mail address, which others know. Try words that say nothing about you.';
  }
  return null;
}

/** One character repeated, or the next after each: aaaa, abcd, dcba. */
function isOneStep(characters: string[]): boolean {
  const codes = characters.map((character) => character.codePointAt(0)!);
  const steps = codes.slice(1).map((code, i) => code - codes[i]!);
  return [-1, 0, 1].some((size) => steps.every((step) => step === size));
}

/**
 * On the list, or made of two passwords that are, each perhaps repeated, with a year or the like at the
 * end: the list has few of fifteen characters, but that is how people stretch the others.
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
  for (let length = 1; length <= Math.min(text.length, LONGEST); length += 1) {
    const unit = text.slice(0, length);
    if (common.has(unit) && text === unit.repeat(text.length / length)) return true;
  }
  return false;
}

function tells(password: string, words: string[]): boolean {
  const letters = (text: string) =>
    text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, '');
  const said = letters(password);
  return words.map(letters).some((word) => word.length >= TELLING && said.includes(word));
}
