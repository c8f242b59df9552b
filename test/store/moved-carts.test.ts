import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { StoreUnavailable } from '../../src/store/contract/errors.ts';
import type { Owner } from '../../src/store/contract/owner.ts';
import { openBackend } from './backends.ts';

const newId = () => randomBytes(16).toString('base64url');
const addition = () => ({ id: newId(), kind: 'add', slug: 'weekender', quantity: 1 }) as const;

for (const name of ['redis', 'redis-cluster'] as const) {
  test(`carts that were moved in a circle in ${name}`, async (t) => {
    await using backend = await openBackend(name);
    const { raw, told } = backend;
    const { carts } = backend.store;

    for (const length of [1, 2, 5]) {
      await t.test(`a circle of ${length} is followed twice, and the change is made`, async () => {
        const owners = Array.from({ length }, (): Owner => `guest-${newId()}`);
        for (const [at, owner] of owners.entries()) {
          await raw!.set(`moved:{${owner}}`, owners[(at + 1) % length]!);
        }
        const before = told.trips;
        const cart = await carts.change(owners[0]!, addition());
        assert.deepEqual(cart.lines, [{ slug: 'weekender', quantity: 1 }]);
        assert.equal(told.trips - before, 3);
      });
    }

    await t.test('a cart that only the script finds damaged is tried twice at most', async () => {
      const owner: Owner = `user-${newId()}`;
      await carts.change(owner, addition());
      // JSON.parse reads it. The decoder of Redis gives up at a thousand levels.
      const deep = `{"until":1,"version":1,"kind":"add","x":${'['.repeat(1500)}${']'.repeat(1500)}}`;
      await raw!.hset(`cart:{${owner}}`, 'undo', deep);
      const before = told.trips;
      await assert.rejects(carts.change(owner, addition()), StoreUnavailable);
      assert.ok(told.trips - before <= 3, `${told.trips - before} round trips`);
    });
  });
}

test('carts that were moved in a circle in sqlite are followed once', async () => {
  await using backend = await openBackend('sqlite');
  const [one, other]: [Owner, Owner] = [`guest-${newId()}`, `guest-${newId()}`];
  const database = new Database(`${backend.folder}/state.db`);
  const move = database.prepare(
    'INSERT INTO moved_carts (owner, target, expires) VALUES (?, ?, ?)',
  );
  move.run(one, other, backend.clock() + 60_000);
  move.run(other, one, backend.clock() + 60_000);
  database.close();

  const { lines } = await backend.store.carts.change(one, addition());
  assert.deepEqual(lines, [{ slug: 'weekender', quantity: 1 }]);
});
