import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { suite, test, type TestContext } from 'node:test';
import { failureLimits } from '../../src/store/contract/limits.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { day, hour, minute, second } from '../support/clock.ts';
import '../support/in-memory.ts';
import { startRedis } from '../support/redis-server.ts';
import { openOn } from './backends.ts';

const skews: [name: string, skew: number][] = [
  ['70 seconds', 70 * second],
  ['10 minutes', 10 * minute],
  ['25 hours', 25 * hour],
  ['a month', 31 * day],
  ['100 days', 100 * day],
];

/** Opens the store in a process whose clock is wrong by `skew`. */
async function openAt(t: TestContext, url: string, skew: number): Promise<Store> {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + skew });
  return openOn(url);
}

for (const [name, size] of skews) {
  for (const [direction, skew] of [
    ['behind', -size],
    ['ahead of', size],
  ] as const) {
    suite(`a process whose clock is ${name} ${direction} that of Redis`, () => {
      test('counts uses and failures', async (t) => {
        await using redis = await startRedis();
        const { limits, close } = await openAt(t, redis.url, skew);
        assert.equal(await limits.use('address', 1, minute), 0);
        const wait = await limits.use('address', 1, minute);
        assert.ok(wait > 50 * second && wait <= minute, `${wait} ms`);

        const free = failureLimits.delays.filter((delay) => delay === 0).length + 1;
        for (let failure = 1; failure <= free; failure += 1) await limits.attempt('name');
        const attempt = await limits.attempt('name');
        assert.ok(attempt.wait > 0 && attempt.wait <= second, `${attempt.wait} ms`);
        await close();
      });

      test('offers undo, and applies a repeat once', async (t) => {
        await using redis = await startRedis();
        const store = await openAt(t, redis.url, skew);
        const owner = `user-${randomUUID()}` as const;
        const change = { id: randomUUID(), kind: 'add', slug: 'a', quantity: 2 } as const;
        await store.carts.change(owner, change);
        const cart = await store.carts.change(owner, change);
        assert.deepEqual([cart.version, cart.undo?.kind], [1, 'add']);
        assert.equal((await store.carts.read(owner)).undo?.kind, 'add');
        const undone = await store.carts.change(owner, { id: randomUUID(), kind: 'undo' });
        assert.deepEqual([undone.lines, undone.notices], [[], [{ code: 'undone' }]]);
        await store.close();
      });

      test('signs in, and its sessions and links are good in a process with the right time', async (t) => {
        await using redis = await startRedis();
        const store = await openAt(t, redis.url, skew);
        const id = randomBytes(32).toString('base64url');
        const owner = `user-${randomUUID()}` as const;
        const device = { agent: 'Firefox', network: '192.0.2.*', since: 1 };
        await store.sessions.create(id, { owner, device });
        const grant = { user: 'u', session: 's', password: 'p' };
        await store.links.create('token', grant, 10 * minute);
        assert.ok(await store.sessions.load(id));
        assert.deepEqual(await store.links.read('token'), grant);

        t.mock.timers.reset();
        const other = await openOn(redis.url);
        const session = await other.sessions.load(id, { devices: true });
        assert.equal(session?.devices.length, 1);
        assert.deepEqual(await other.links.read('token'), grant);
        assert.ok(Math.abs(other.clock() - session.fields.created!) < minute);
        await other.close();
        await store.close();
      });

      test('says so, and its own time follows Redis', async (t) => {
        const now = Date.now();
        await using redis = await startRedis();
        const store = await openAt(t, redis.url, skew);
        assert.ok(Math.abs(store.clock() - now) < minute);
        assert.ok(Math.abs(store.measure().clockSkew + skew) < minute);
        assert.match((await store.readWarnings()).join(), /The clock of Redis is [\d.]+ seconds/);
        await store.close();
      });
    });
  }
}

test('a clock that jumps while the process runs ends no session and hides no undo', async (t) => {
  await using redis = await startRedis();
  const store = await openOn(redis.url);
  const id = randomBytes(32).toString('base64url');
  const owner = `user-${randomUUID()}` as const;
  await store.sessions.create(id, { owner });
  await store.carts.change(owner, { id: randomUUID(), kind: 'add', slug: 'a', quantity: 1 });

  for (const jump of [100 * day, -100 * day]) {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + jump });
    const session = await store.sessions.load(id);
    assert.equal(session?.cart.undo?.kind, 'add');
    t.mock.timers.reset();
  }
  await store.close();
});
