import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createHashQueue,
  KEPT_FOR_KNOWN,
  MOST_RUNNING,
  MOST_WAITING,
  type Waiter,
} from '../../../src/auth/password/hash-queue.ts';
import { Problem } from '../../../src/lib/problem.ts';

const stranger = (...names: string[]): Waiter => ({ names, isKnown: false });
const known = (...names: string[]): Waiter => ({ names, isKnown: true });

/** A queue whose work is done by hand. */
function openQueue() {
  const { enqueue, waiting } = createHashQueue();
  const started: string[] = [];
  const refused: string[] = [];
  const ends: (() => void)[] = [];
  const asked: Promise<void>[] = [];

  return {
    started,
    refused,
    waiting,
    ask(name: string, waiter: Waiter) {
      const work = () => {
        started.push(name);
        return new Promise<void>((resolve) => ends.push(resolve));
      };
      asked.push(
        enqueue(waiter, work).catch((error: unknown) => {
          assert.ok(error instanceof Problem && error.code === 'busy');
          assert.equal(error.retryAfter, 2);
          refused.push(name);
        }),
      );
    },
    /** Ends whatever runs, again and again, until nothing waits. */
    async finish() {
      while (ends.length > 0) {
        ends.shift()!();
        await new Promise(setImmediate);
      }
      await Promise.all(asked);
    },
  };
}

test('the first of each comes before the second of any other', async () => {
  const queue = openQueue();
  for (let at = 0; at < 12; at += 1) queue.ask(`flood ${at}`, stranger('block:a'));
  queue.ask('ada', stranger('account:ada', 'block:b'));
  queue.ask('eve', stranger('account:eve', 'block:c'));
  await queue.finish();

  // Two run already, and one has waited for as long.
  assert.deepEqual(queue.started.slice(0, 5), ['flood 0', 'flood 1', 'flood 2', 'ada', 'eve']);
  assert.equal(queue.started.length, 14);
  assert.deepEqual(queue.refused, []);
});

test('a full queue refuses whoever has most in it, and never the first of somebody else', async () => {
  for (const names of [['block:a'], ['account:eve']]) {
    const queue = openQueue();
    for (let at = 0; at < 200; at += 1) queue.ask('flood', stranger(...names, `other:${at}`));
    for (let at = 0; at < 20; at += 1) queue.ask(`person ${at}`, stranger(`block:${at}`));
    await queue.finish();

    assert.ok(queue.refused.every((name) => name === 'flood'));
    const people = queue.started.filter((name) => name.startsWith('person'));
    assert.equal(people.length, 20);
    assert.ok(queue.started.indexOf('person 19') < MOST_RUNNING + 1 + 20);
  }
});

test('some places are kept for people on devices that they have signed in on', async () => {
  const queue = openQueue();
  for (let at = 0; at < 200; at += 1) queue.ask(`stranger ${at}`, stranger(`block:${at}`));
  assert.equal(queue.waiting(), MOST_WAITING - KEPT_FOR_KNOWN);
  for (let at = 0; at < KEPT_FOR_KNOWN; at += 1) queue.ask(`known ${at}`, known(`account:${at}`));
  await queue.finish();

  assert.equal(queue.started.filter((name) => name.startsWith('known')).length, KEPT_FOR_KNOWN);
});

test('nothing is forgotten: the queue is as empty at the end as it was at the beginning', async () => {
  const queue = openQueue();
  for (let at = 0; at < 120; at += 1) queue.ask(`${at}`, stranger(`block:${at % 7}`));
  await queue.finish();
  assert.equal(queue.waiting(), 0);
  queue.ask('the next', stranger('block:1'));
  assert.equal(queue.started.at(-1), 'the next');
  await queue.finish();
});
