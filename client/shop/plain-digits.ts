const DIGIT = /\p{Nd}/gu;

/** Returns a number as it is written with the digits 0 to 9: ` ٣ ` becomes `3`. Other characters stay as they are. */
export function plainDigits(text: string): string {
  return text.trim().replace(DIGIT, valueOf);
}

/** The ten digits of a script stand in a row, zero first (Unicode 17.0, 4.6). */
function valueOf(digit: string): string {
  const code = digit.codePointAt(0)!;
  let before = 0;
  while (String.fromCodePoint(code - before - 1).search(DIGIT) === 0) before += 1;
  return String(before % 10);
}
