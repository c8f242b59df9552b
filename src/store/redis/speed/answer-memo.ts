/** For speed only: without this file the shop is the same and slower. */
import { Memo } from '../../../lib/speed/memo.ts';

/** The largest number of answers in the cache. With `LONGEST_CACHED` the cache takes at most 16 MB. */
const MOST_CACHED = 4000;
/** Longer answers are not cached, in bytes. */
const LONGEST_CACHED = 4096;

interface ReadAnswer<Value> {
  bytes: Buffer;
  value: Value;
}

/**
 * Caches for each question the last answer and the value that `read` returned for it. If the next answer has the same
 * bytes, the same value is returned; nobody may change it. Reading the answers in batches and only once took a page
 * from 158 to 100 microseconds (docs/performance.md).
 */
export function memoizeAnswers<Value>(
  read: (bytes: Buffer) => Value,
): (question: string, bytes: Buffer) => Value {
  const answers = new Memo<ReadAnswer<Value>>(MOST_CACHED);

  return (question, bytes) => {
    if (bytes.length > LONGEST_CACHED) return read(bytes);
    const readCopy = (): ReadAnswer<Value> => {
      // The bytes are part of a much larger buffer, which would be kept as long as they are.
      const copy = Buffer.from(bytes);
      return { bytes: copy, value: read(copy) };
    };
    const answer = answers.get(question, readCopy);
    if (!answer.bytes.equals(bytes)) Object.assign(answer, readCopy());
    return answer.value;
  };
}
