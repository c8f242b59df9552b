/**
 * Counts the characters to add, leave out or replace to make `wanted` from a text (the distance of Levenshtein).
 * @param anywhere counts for the part of the text that is most similar, instead of the whole text
 */
export function editDistance(text: string, wanted: string, { anywhere = false } = {}): number {
  // For each length of the text: the fewest changes between the end of that part and what is wanted so far.
  let row = Array.from({ length: text.length + 1 }, (_, length) => (anywhere ? 0 : length));
  for (const [i, letter] of Array.from(wanted).entries()) {
    const next = [i + 1];
    for (let j = 1; j < row.length; j += 1) {
      const replaced = row[j - 1]! + Number(text[j - 1] !== letter);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return anywhere ? Math.min(...row) : row.at(-1)!;
}
