import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { failureLimits } from '../../src/store/contract/limits.ts';
import { day, hour, minute, second } from '../support/clock.ts';
import { backends, openBackend } from './backends.ts';

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

for (const name of backends) {
  test(`limits in ${name}`, async (t) => {
    await using backend = await openBackend(name);
    const { clock } = backend;
    const { limits } = backend.store;

    /** Fails as often as may be without waiting, then as often as asked after the full wait. */
    async function fail(name: string, failures: number) {
      for (let made = 0; made < failures;) {
        const { wait } = await limits.attempt(name);
        if (wait === 0) made += 1;
        clock.advance(wait);
      }
    }

    await t.test(
      'a window takes as many uses as its limit, in whichever process they are counted',
      async () => {
        const another = await backend.openAnother();
        await another.ping();
        const window = randomUUID();

        const waits = await Promise.all(
          times(20, () => [limits, another.limits]).flatMap((processes) =>
            processes.map((each) => each.use(window, 7, minute)),
          ),
        );
        assert.equal(waits.filter((wait) => wait === 0).length, 7);
        const longest = Math.max(...waits);
        assert.ok(longest > 50 * second && longest <= minute + second, `${longest} ms to wait`);
      },
    );

    await t.test('a window opens again when the wait it told is over', async () => {
      const window = randomUUID();
      await limits.use(window, 1, minute);
      clock.advance(20 * second);

      const wait = await limits.use(window, 1, minute);
      assert.ok(wait > 30 * second && wait <= 40 * second, `${wait} ms to wait`);
      clock.advance(wait);
      assert.equal(await limits.use(window, 1, minute), 0);
    });

    await t.test('the first five failures are free', async () => {
      const name = randomUUID();

      for (const failures of [1, 2, 3, 4, 5]) {
        assert.deepEqual(await limits.attempt(name), { wait: 0, failures });
      }
      const { wait, failures } = await limits.attempt(name);
      assert.equal(failures, 5, 'an attempt that must wait does not count');
      assert.ok(wait > 0 && wait <= second, `${wait} ms to wait`);
    });

    await t.test('after them the wait doubles with every failure, up to 15 minutes', async () => {
      const name = randomUUID();
      await fail(name, 5);

      for (const delay of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]) {
        const { wait, failures } = await limits.attempt(name);
        const most = delay * second;
        // The real time passes as well.
        assert.ok(
          wait <= most && wait > most - 5 * second,
          `${wait} ms after ${failures} failures`,
        );
        clock.advance(wait);
        if (wait > 0) assert.equal((await limits.attempt(name)).wait, 0);
      }
    });

    await t.test('two hundred attempts at once are no way around it', async () => {
      const another = await backend.openAnother();
      await another.ping();
      const name = randomUUID();

      const attempts = await Promise.all(
        times(100, () => [limits.attempt(name), another.limits.attempt(name)]).flat(),
      );
      const made = attempts.filter(({ wait }) => wait === 0).length;
      assert.ok(made >= 5 && made <= 10, `${made} attempts were let through`);
    });

    await t.test('being right forgives them all', async () => {
      const name = randomUUID();
      await fail(name, 8);

      await limits.forgive(name);
      assert.deepEqual(await limits.attempt(name), { wait: 0, failures: 1 });
    });

    await t.test('a day without a failure forgives them all', async () => {
      const name = randomUUID();
      await fail(name, 20);
      clock.advance(23 * hour);
      assert.equal((await limits.attempt(name)).failures, 21);

      clock.advance(day);
      assert.deepEqual(await limits.attempt(name), { wait: 0, failures: 1 });
    });

    await t.test('no clock that is set back makes anybody wait longer than the delay', async () => {
      for (const jump of [-hour, day]) {
        const name = randomUUID();
        // Forward first, as a wrong clock that is corrected later.
        if (jump > 0) clock.advance(jump);
        await fail(name, 5);
        await limits.attempt(name);
        clock.advance(-Math.abs(jump));

        const { wait } = await limits.attempt(name);
        assert.ok(wait <= second, `${wait} ms to wait`);
        clock.advance(wait);
        assert.equal((await limits.attempt(name)).wait, 0);
        if (jump < 0) clock.advance(-jump);
      }
    });

    await t.test('nor longer than the window', async () => {
      for (const jump of [hour, day]) {
        const window = randomUUID();
        clock.advance(jump);
        await limits.use(window, 1, minute);
        clock.advance(-jump);

        const wait = await limits.use(window, 1, minute);
        assert.ok(wait > 0 && wait <= minute, `${wait} ms to wait`);
        clock.advance(wait);
        assert.equal(await limits.use(window, 1, minute), 0);
      }
    });

    await t.test('a source that fails for days makes no other one wait', async () => {
      const name = randomUUID();
      let made = 0;
      for (let elapsed = 0; elapsed < 3 * day;) {
        const { wait } = await limits.attempt(name, 'stranger');
        if (wait === 0) made += 1;
        const step = Math.max(wait, second);
        clock.advance(step);
        elapsed += step;
      }
      assert.ok(made > 200, `${made} attempts were made`);
      assert.deepEqual(await limits.attempt(name, 'owner'), { wait: 0, failures: 1 });
    });

    await t.test(
      'five sources, which do not wait for each other, fail 550 times a day',
      async () => {
        const name = randomUUID();
        const end = clock() + day;
        let made = 0;
        while (clock() < end) {
          const waits = [];
          for (const source of ['a', 'b', 'c', 'd', 'e']) {
            const { wait } = await limits.attempt(name, source);
            if (wait === 0) made += 1;
            waits.push(wait);
          }
          clock.advance(Math.max(second, ...waits));
        }
        assert.ok(made > 400 && made <= 560, `${made} attempts were made`);
      },
    );

    await t.test('many sources wait for each other after sixty failures', async () => {
      const name = randomUUID();
      let made = 0;
      for (let source = 0; source < 300; source += 1) {
        if ((await limits.attempt(name, `source ${source}`)).wait === 0) made += 1;
      }
      assert.ok(made >= 60 && made <= 70, `${made} attempts were made`);

      // A success takes back itself and no more.
      clock.advance(15 * minute);
      assert.equal((await limits.attempt(name, 'owner')).wait, 0);
      await limits.forgive(name, 'owner');
      assert.equal((await limits.attempt(name, 'stranger')).wait, 0);
      assert.ok((await limits.attempt(name, 'another stranger')).wait > 0);
    });

    await t.test('what is cleared is counted from the beginning', async () => {
      const name = randomUUID();
      await limits.use(name, 1, minute);
      await limits.clear(name);
      assert.equal(await limits.use(name, 1, minute), 0);
    });

    await t.test('one name has nothing to do with another', async () => {
      await fail('ada', 8);

      assert.deepEqual(await limits.attempt('eve'), { wait: 0, failures: 1 });
      assert.equal(await limits.use('ada', 1, minute), 0);
    });

    await t.test('another process finds what was counted before it started', async () => {
      const name = randomUUID();
      await fail(name, 12);
      await limits.attempt(name);

      const another = await backend.openAnother();
      assert.ok((await another.limits.attempt(name)).wait > 60 * second);
    });
  });
}

test('the longest wait is a quarter of an hour', () => {
  assert.equal(Math.max(...failureLimits.delays), 15 * minute);
});

test('whatever Redis counts has an end', async () => {
  await using backend = await openBackend('redis');

  await backend.store.limits.use('ada', 1, minute);
  await backend.store.limits.attempt('ada');
  const keys = await backend.raw!.keys('*');
  assert.deepEqual(keys.sort(), ['failures:{ada}', 'uses:{ada}']);
  for (const key of keys) assert.ok((await backend.raw!.pttl(key)) > 0, key);
});
