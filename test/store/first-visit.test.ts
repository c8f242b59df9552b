import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { FIRST_VISIT_LIFETIME } from '../../src/store/backend.ts';
import { newGuest, type Owner } from '../../src/store/contract/owner.ts';
import { day, hour, minute } from '../support/clock.ts';
import { backends, lifetimes, openBackend } from './backends.ts';

const newId = () => randomBytes(32).toString('base64url');
const addition = () => ({ id: newId(), kind: 'add', slug: 'weekender', quantity: 1 }) as const;

for (const name of backends) {
  test(`a guest in ${name}`, async (t) => {
    await using backend = await openBackend(name);
    const { clock } = backend;
    const { carts, sessions } = backend.store;

    async function visit(): Promise<{ owner: Owner; id: string }> {
      const owner = newGuest();
      const id = newId();
      await carts.change(owner, addition(), undefined, true);
      await sessions.create(id, { owner }, true);
      return { owner, id };
    }

    await t.test('who never comes back is forgotten after a few hours', async () => {
      const { owner, id } = await visit();
      clock.advance(FIRST_VISIT_LIFETIME - minute);
      assert.equal((await carts.read(owner)).lines.length, 1);
      clock.advance(hour);
      assert.equal((await carts.read(owner)).lines.length, 0);
      assert.equal(await sessions.load(id), null);
    });

    await t.test('who comes back once keeps cart and session as long as any other', async () => {
      const { owner, id } = await visit();
      clock.advance(FIRST_VISIT_LIFETIME - minute);
      assert.equal((await sessions.load(id))!.cart.lines.length, 1);
      clock.advance(lifetimes.sessionIdle - hour);
      assert.equal((await sessions.load(id))!.cart.lines.length, 1);
      clock.advance(lifetimes.sessionIdle - hour);
      assert.notEqual(await sessions.load(id), null);

      // The cart lives for thirty days after its last change, and not after the last visit.
      clock.advance(3 * day);
      assert.equal((await carts.read(owner)).lines.length, 0);
    });

    await t.test('keeps a cart as long as ever when it is changed again', async () => {
      const { owner, id } = await visit();
      await sessions.load(id);
      clock.advance(10 * day);
      await sessions.load(id);
      await carts.change(owner, addition());
      clock.advance(lifetimes.guestCart - day);
      assert.equal((await carts.read(owner)).lines[0]!.quantity, 2);
    });
  });
}

test('whatever a guest leaves in Redis with one request ends within a day', async () => {
  await using backend = await openBackend('redis');
  const owner = newGuest();
  await backend.store.carts.change(owner, addition(), undefined, true);
  await backend.store.sessions.create(newId(), { owner }, true);
  for (const key of await backend.raw!.keys('*')) {
    const left = await backend.raw!.pttl(key);
    assert.ok(left > 0 && left <= day, `${key} lives for ${left} ms`);
  }
});
