import { keyDirections, LONGEST_WORD, wordBits } from './likely-parts.ts';

/** The bits of one character that is tried by itself: the logarithm of how many there are of its kind. */
const DIGIT = 3.3;
const LETTER = 4.7;
const SIGN = 5;
/** A character outside ASCII. A script has few letters, and there are thousands of pictures. */
const OTHER_LETTER = 6;
const OTHER_SIGN = 10;

/** The next character of a row: aaa, abc, 321, or a straight line on the keyboard. */
const NEXT_IN_ROW = 0.5;
/** A neighbour on the keyboard, in any of six directions. */
const NEXT_KEY = 2.6;
/** What stands earlier in the password, right before or farther away. */
const REPEAT = 1;
const FAR_REPEAT = 5;
/** The shortest part that counts as repeated, in characters. */
const SHORTEST_REPEAT = 3;

interface Guess {
  bits: number;
  /** True when a part of it is a listed word. */
  usesWords: boolean;
}

/**
 * Estimates the work of somebody who tries common passwords, words, rows, repeats and lines on the keyboard first, in
 * whatever case (this is the idea of zxcvbn, D. Wheeler, 2016). It finds the cheapest way to put the password together
 * from such parts.
 */
export function guessBits(password: string): Guess {
  const characters = Array.from(password);
  const cheapest: Guess[] = [{ bits: 0, usesWords: false }];

  for (let end = 1; end <= characters.length; end += 1) {
    const before = cheapest[end - 1]!;
    let best = { ...before, bits: before.bits + characterBits(characters, end - 1) };
    const use = (begin: number, bits: number, usesWords: boolean) => {
      const start = cheapest[begin]!;
      if (start.bits + bits >= best.bits) return;
      best = { bits: start.bits + bits, usesWords: start.usesWords || usesWords };
    };
    for (let begin = Math.max(0, end - LONGEST_WORD); begin < end; begin += 1) {
      const bits = wordBits(characters.slice(begin, end).join(''));
      if (bits !== undefined) use(begin, bits, true);
    }
    for (let begin = 1; begin <= end - SHORTEST_REPEAT; begin += 1) {
      const bits = repeatBits(characters, begin, end);
      if (bits !== undefined) use(begin, bits, false);
    }
    cheapest.push(best);
  }
  return cheapest.at(-1)!;
}

function characterBits(characters: string[], at: number): number {
  const [beforeLast, last, next] = [characters[at - 2], characters[at - 1], characters[at]!];
  const alone = bitsOfKind(next);
  if (last === undefined) return alone;
  if (Math.abs(next.codePointAt(0)! - last.codePointAt(0)!) <= 1) return NEXT_IN_ROW;
  const directions = keyDirections(last, next);
  if (directions.length === 0) return alone;
  const isLine = keyDirections(beforeLast ?? '', last).some((one) => directions.includes(one));
  return isLine ? NEXT_IN_ROW : Math.min(alone, NEXT_KEY);
}

function bitsOfKind(character: string): number {
  if (/[0-9]/.test(character)) return DIGIT;
  if (/[a-z]/.test(character)) return LETTER;
  if (/[\0-\x7f]/.test(character)) return SIGN;
  return /\p{L}/u.test(character) ? OTHER_LETTER : OTHER_SIGN;
}

/** @returns undefined when this part does not stand anywhere before */
function repeatBits(characters: string[], begin: number, end: number): number | undefined {
  for (let from = begin - 1; from >= 0; from -= 1) {
    let length = 0;
    while (begin + length < end && characters[from + length] === characters[begin + length]) {
      length += 1;
    }
    if (begin + length === end) return from + length >= begin ? REPEAT : FAR_REPEAT;
  }
  return undefined;
}
