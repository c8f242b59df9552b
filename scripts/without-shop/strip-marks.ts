const OPENS = /(?:\/\/|--|#|\/\*|<% \/\*)\s*shop \{/;
const CLOSES = /(?:\/\/|--|#|\/\*|<% \/\*)\s*\} shop\b/;
const MARKS = /(?:\/\/|--|#) shop$|\/\* shop \*\/( %>)?$/;

/**
 * Returns a text without the marked lines.
 * @throws {Error} when a block does not end
 */
export function stripMarks(text: string): string {
  let isInBlock = false;
  const kept = text.split('\n').filter((line) => {
    if (OPENS.test(line)) isInBlock = true;
    const isKept = !isInBlock && !MARKS.test(line.trimEnd());
    if (CLOSES.test(line)) isInBlock = false;
    return isKept;
  });
  if (isInBlock) throw new Error('A block that begins with "shop {" does not end.');
  return kept.join('\n');
}
