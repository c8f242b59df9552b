import { Memo } from '../../../lib/speed/memo.ts';

/** So many answers are remembered, and none that is longer than this, in bytes: 16 MB at the very most. */
const MOST_ANSWERS = 4000;
const LONGEST_ANSWER = 4096;

interface Known<Value> {
  bytes: Buffer;
  value: Value;
}

/**
 * Remembers for each question what was made of the last answer, and makes it anew when the answer is another.
 * What is made is shared: nobody may change it.
 */
export function memoizeAnswers<Value>(
  make: (bytes: Buffer) => Value,
): (question: string, bytes: Buffer) => Value {
  const memo = new Memo<Known<Value>>(MOST_ANSWERS);

  return (question, bytes) => {
    if (bytes.length > LONGEST_ANSWER) return make(bytes);
    // A copy: what Redis sent is a piece of a much larger buffer.
    const remember = (): Known<Value> => {
      const copy = Buffer.from(bytes);
      return { bytes: copy, value: make(copy) };
    };
    const known = memo.get(question, remember);
    if (!known.bytes.equals(bytes)) Object.assign(known, remember());
    return known.value;
  };
}
