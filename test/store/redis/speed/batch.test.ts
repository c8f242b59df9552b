import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { batch } from '../../../../src/store/redis/speed/batch.ts';

suite('questions of one turn', () => {
  function open(answer: (question: number) => number) {
    const calls: number[][] = [];
    const ask = batch(
      async (questions: number[]) => {
        calls.push(questions);
        return questions.map(answer);
      },
      (job) => void setImmediate(job!),
    );
    return { ask, calls };
  }
  const upTo = (length: number) => Array.from({ length }, (_, at) => at);

  test('are one call, and each gets its own answer', async () => {
    const { ask, calls } = open((question) => question * 10);
    assert.deepEqual(await Promise.all([1, 2, 3].map(ask)), [10, 20, 30]);
    assert.deepEqual(calls, [[1, 2, 3]]);
  });

  test('one after the other are a call each', async () => {
    const { ask, calls } = open((question) => question);
    for (const question of [1, 2]) await ask(question);
    assert.deepEqual(calls, [[1], [2]]);
  });

  test('are several calls where there are many', async () => {
    const { ask, calls } = open((question) => question);
    assert.deepEqual(await Promise.all(upTo(130).map(ask)), upTo(130));
    assert.deepEqual(
      calls.map(({ length }) => length),
      [64, 64, 2],
    );
  });

  test('all fail together, and the next ones do not', async () => {
    let broken = true;
    const { ask } = open((question) => {
      if (broken) throw new Error('out of order');
      return question;
    });
    const results = await Promise.allSettled([1, 2].map(ask));
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    broken = false;
    assert.equal(await ask(3), 3);
  });
});
