import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cart } from '../../src/store/contract/carts.ts';
import { StoreUnavailable } from '../../src/store/contract/errors.ts';
import { startRedisSentinel } from '../support/redis-sentinel.ts';
import { answering, openOn } from './backends.ts';

test('behind Redis Sentinel, a master that dies is replaced without a restart, and sessions and carts are there', async (t) => {
  await using watched = await startRedisSentinel();
  await using store = await openOn(watched.url);
  await answering(store);
  const id = randomBytes(32).toString('base64url');
  const owner = `user-${randomUUID()}` as const;
  const change = { id: randomUUID(), kind: 'add', slug: 'weekender', quantity: 2 } as const;
  await store.sessions.create(id, { owner });
  await store.carts.change(owner, change);

  await watched.replicated();
  await watched.master.kill();
  // Sent again under the same id until the new master takes it: applied once all the same.
  let cart: Cart | undefined;
  while (!cart) {
    cart = await store.carts.change(owner, change).catch(onlyOutages);
    await delay(5, null, { signal: t.signal });
  }

  assert.deepEqual(cart.lines, [{ slug: 'weekender', quantity: 2 }]);
  assert.equal((await store.sessions.load(id))?.fields.owner, owner);
});

function onlyOutages(error: unknown): undefined {
  if (!(error instanceof StoreUnavailable)) throw error;
}
