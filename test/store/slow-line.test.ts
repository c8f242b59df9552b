import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { suite, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { StoreUnavailable } from '../../src/store/contract/errors.ts';
import type { Owner } from '../../src/store/contract/owner.ts';
import type { Store } from '../../src/store/contract/store.ts';
import '../support/in-memory.ts';
import { startRedis } from '../support/redis-server.ts';
import { openSlowLine, type SlowLine } from '../support/slow-line.ts';
import { openOn } from './backends.ts';

/** Of src/store/redis/: how long a question waits, how many in a row break the circuit, how often it is tried. */
const TIMEOUT = 500;
const MOST_SILENCES = 5;
const TRIAL_EVERY = 1000;

interface Far extends AsyncDisposable {
  store: Store;
  line: SlowLine;
  errors: string[];
}

/** A store whose Redis is at the other end of a line. */
async function openFar(): Promise<Far> {
  await using stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis());
  const line = stack.use(await openSlowLine(redis.port));
  const errors: string[] = [];
  const store = await openOn(`redis://127.0.0.1:${line.port}`, {
    onError: ({ message }) => void errors.push(message),
  });
  stack.defer(() => store.close());
  const all = stack.move();
  return { store, line, errors, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

const owner: Owner = 'user-far-away';
const add = ({ carts }: Store, id: string = randomUUID()) =>
  carts.change(owner, { id, kind: 'add', slug: 'a', quantity: 1 });

/** @returns how long it took to fail, in milliseconds */
async function failure(question: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await assert.rejects(question, StoreUnavailable);
  return performance.now() - start;
}

suite('a Redis at the other end of a slow line', () => {
  test('that takes 200 ms answers everybody', async () => {
    await using far = await openFar();
    far.line.delay = 200;
    const carts = await Promise.all(Array.from({ length: 40 }, () => add(far.store)));
    assert.equal(Math.max(...carts.map(({ version }) => version)), 40);
  });

  test('that takes longer than we wait is asked less and less, and at once when it is well again', async () => {
    await using far = await openFar();
    const { store, line, errors } = far;
    await store.ping();
    line.delay = TIMEOUT + 200;

    for (let question = 0; question < MOST_SILENCES; question += 1) await failure(add(store));
    assert.deepEqual(errors, ['Redis hangs: the circuit breaker has opened.']);

    const hundred = await Promise.all(Array.from({ length: 100 }, () => failure(add(store))));
    const asked = hundred.filter((wait) => wait >= TIMEOUT - 10);
    assert.equal(asked.length, 1, 'one of them is the trial, and the others do not wait for it');

    line.delay = 0;
    const began = performance.now();
    while (
      !(await store.ping().then(
        () => true,
        () => false,
      ))
    )
      await nextTurn();
    assert.ok(performance.now() - began < 2 * TRIAL_EVERY);
    await add(store);
  });

  test('that is cut again and again loses and doubles nothing', async () => {
    await using far = await openFar();
    const { store, line } = far;
    let refused = 0;
    for (let change = 1; change <= 60; change += 1) {
      const id = randomUUID();
      let answer = add(store, id);
      if (change % 10 === 0) line.cut();
      for (;;) {
        try {
          await answer;
          break;
        } catch (error) {
          assert.ok(error instanceof StoreUnavailable, String(error));
          refused += 1;
          await nextTurn();
          answer = add(store, id);
        }
      }
    }
    const { lines, version } = await store.carts.read(owner);
    assert.deepEqual([lines[0]?.quantity, version], [60, 60]);
    assert.ok(refused > 0, 'the cuts were felt');
  });
});
