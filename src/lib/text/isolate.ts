/** Letters that run from right to left (the blocks of Unicode for them), and marks that change the direction. */
const TURNS =
  /[\p{Bidi_Control}\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
const ISOLATES = /[\u2066-\u2069]/g;

const FIRST_STRONG_ISOLATE = '\u2068';
const POP_DIRECTIONAL_ISOLATE = '\u2069';

/**
 * Returns a text that does not change the order of the sentence around it (Unicode Standard Annex 9). It is for what is
 * not HTML, such as titles, attributes and messages; in HTML `<bdi>` does the same. A text that runs from left to right
 * is returned as it is.
 */
export function isolate(text: string): string {
  if (!TURNS.test(text)) return text;
  // An isolate that ends in the middle would let the rest out.
  const inner = text.replace(ISOLATES, '');
  return `${FIRST_STRONG_ISOLATE}${inner}${POP_DIRECTIONAL_ISOLATE}`;
}
