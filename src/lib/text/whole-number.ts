/** The largest number of digits. All numbers with so many are exact. */
const MOST_DIGITS = 15;
/** A longer text is not looked at. In characters. */
const LONGEST = 100;

const DIGIT = /\p{Nd}/u;
const AROUND = /^[\p{Zs}\p{Cf}\t]+|[\p{Zs}\p{Cf}\t]+$/gu;

/**
 * Reads a whole number as people type or paste it: with blanks around it, and in the digits of any script.
 * @returns null for anything else
 */
export function readWholeNumber(text: string): number | null {
  if (text.length > LONGEST) return null;
  const digits = Array.from(text.replace(AROUND, ''));
  if (digits.length === 0 || digits.length > MOST_DIGITS) return null;
  if (!digits.every((digit) => DIGIT.test(digit))) return null;
  return digits.reduce((number, digit) => number * 10 + valueOf(digit), 0);
}

/** Unicode has the digits of a script in a row, from 0 to 9. Some rows follow each other without a gap. */
function valueOf(digit: string): number {
  const code = digit.codePointAt(0)!;
  let before = 0;
  while (DIGIT.test(String.fromCodePoint(code - before - 1))) before += 1;
  return before % 10;
}
