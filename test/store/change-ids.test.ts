import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { cartLimits } from '../../src/store/contract/carts.ts';
import type { Owner } from '../../src/store/contract/owner.ts';
import { backends, openBackend, type Backend } from './backends.ts';

const { mostChangeIds } = cartLimits;
const idOf = (index: number) => `change-${index}`;

/** As if so many changes had been sent, one in each millisecond until now. */
async function pretend(backend: Backend, owner: Owner, changes: number): Promise<void> {
  const at = (index: number) => backend.clock() - changes + index;
  const indices = Array.from({ length: changes }, (_, index) => index);
  if (backend.raw) {
    const scored = indices.flatMap((index) => [at(index), idOf(index)]);
    await backend.raw.zadd(`changes:{${owner}}`, ...scored);
    return;
  }
  const database = new Database(join(backend.folder, 'state.db'));
  const insert = database.prepare('INSERT INTO cart_changes (owner, id, at) VALUES (?, ?, ?)');
  database.transaction(() => {
    for (const index of indices) insert.run(owner, idOf(index), at(index));
  })();
  database.close();
}

async function countIds(backend: Backend, owner: Owner): Promise<number> {
  if (backend.raw) return backend.raw.zcard(`changes:{${owner}}`);
  const database = new Database(join(backend.folder, 'state.db'));
  const count = database.prepare('SELECT count(*) FROM cart_changes WHERE owner = ?').pluck();
  const found = count.get(owner) as number;
  database.close();
  return found;
}

for (const name of backends) {
  test(`change ids without end in ${name}`, async (t) => {
    await using backend = await openBackend(name);
    const { carts } = backend.store;
    const owner: Owner = `user-${randomUUID()}`;
    const add = (to: Owner, id: string = randomUUID()) =>
      carts.change(to, { id, kind: 'add', slug: 'a', quantity: 1 });
    await add(owner);
    await pretend(backend, owner, 2 * mostChangeIds);
    let latest = '';
    for (let change = 0; change < 110; change += 1) await add(owner, (latest = randomUUID()));

    await t.test('are forgotten, the oldest first, so that no cart grows without end', async () => {
      assert.ok((await countIds(backend, owner)) <= mostChangeIds + 100);
    });

    await t.test('are remembered, the newest', async () => {
      const { version } = await carts.read(owner);
      for (const id of [latest, idOf(2 * mostChangeIds - 1), idOf(1.5 * mostChangeIds)]) {
        assert.equal((await add(owner, id)).version, version);
      }
      assert.equal((await add(owner, idOf(0))).version, version + 1);
    });

    await t.test('go with a cart that is merged into another', async () => {
      const user: Owner = `user-${randomUUID()}`;
      await add(user);
      const { version } = await carts.merge(owner, user);
      assert.equal((await add(user, latest)).version, version);
    });
  });
}
