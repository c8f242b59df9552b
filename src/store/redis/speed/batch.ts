/** For speed only: without this file the shop is the same and slower. */
import type { AtEndOfTurn } from './coalesce-writes.ts';

/** The largest number of questions in one call. Redis answers nobody else while a script runs. */
const BATCH_SIZE = 64;

interface Waiting<Question, Answer> {
  question: Question;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/**
 * Sends all questions of one turn of the event loop in one call. So there is one command, one timeout and one answer to
 * parse, instead of one for each request. If the call fails, every question fails. With answer-memo.ts and msgpack.ts
 * this took a page from 158 to 100 microseconds (docs/performance.md).
 * @param ask returns the answers in the order of the questions
 */
export function batch<Question, Answer>(
  ask: (questions: Question[]) => Promise<Answer[]>,
  atEndOfTurn: AtEndOfTurn,
): (question: Question) => Promise<Answer> {
  const waiting: Waiting<Question, Answer>[] = [];

  function flush() {
    while (waiting.length > 0) void send(waiting.splice(0, BATCH_SIZE));
  }

  async function send(asked: Waiting<Question, Answer>[]): Promise<void> {
    try {
      const answers = await ask(asked.map(({ question }) => question));
      for (const [at, { resolve }] of asked.entries()) resolve(answers[at]!);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }

  return (question) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ question, resolve, reject }) === 1) atEndOfTurn(flush);
    });
}
