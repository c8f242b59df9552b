import type { EndOfTurn } from './end-of-turn.ts';

/** So many questions are one call at most: while a script runs, everybody else waits. */
const MOST_TOGETHER = 64;

interface Waiting<Question, Answer> {
  question: Question;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/**
 * Makes one call of all the questions of a turn of the event loop: one command, one timeout and one answer to
 * take apart, rather than as many as there are requests. A failure is everybody's.
 * @param ask answers in the order of the questions
 */
export function batch<Question, Answer>(
  ask: (questions: Question[]) => Promise<Answer[]>,
  endOfTurn: EndOfTurn,
): (question: Question) => Promise<Answer> {
  const waiting: Waiting<Question, Answer>[] = [];

  function flush() {
    while (waiting.length > 0) void send(waiting.splice(0, MOST_TOGETHER));
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
      if (waiting.push({ question, resolve, reject }) === 1) endOfTurn(flush);
    });
}
