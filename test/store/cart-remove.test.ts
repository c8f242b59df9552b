import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import Sqlite from 'better-sqlite3';
import type { CartStore } from '../../src/store/contract/carts.ts';
import type { Owner } from '../../src/store/contract/owner.ts';
import { backends, openBackend, type Backend } from './backends.ts';

const newUser = (): Owner => `user-${randomUUID()}`;

function add(carts: CartStore, owner: Owner, slug: string, id: string = randomUUID()) {
  return carts.change(owner, { id, kind: 'add', slug, quantity: 1 });
}

for (const name of backends) {
  test(`removing a cart from ${name}`, async (t) => {
    await using backend = await openBackend(name);
    const { carts } = backend.store;

    await t.test('leaves nothing that bears its owner', async () => {
      const owner = newUser();
      await add(carts, owner, 'a');
      await add(carts, owner, 'b');
      assert.notDeepEqual(await traces(backend, owner), []);

      await carts.remove(owner);
      assert.deepEqual(await traces(backend, owner), []);
    });

    await t.test('takes along what was set aside of it', async () => {
      const owner = newUser();
      await damage(backend, owner);
      assert.deepEqual(
        (await carts.read(owner)).notices.map(({ code }) => code),
        ['damaged'],
      );
      assert.notDeepEqual(await traces(backend, owner), []);

      await carts.remove(owner);
      assert.deepEqual(await traces(backend, owner), []);
    });

    await t.test('lets a new cart begin, without change ids and without an undo', async () => {
      const owner = newUser();
      const id = randomUUID();
      await add(carts, owner, 'a', id);
      await carts.remove(owner);

      assert.equal((await carts.read(owner)).version, 0);
      const undone = await carts.change(owner, { id: randomUUID(), kind: 'undo' });
      assert.deepEqual(undone.lines, []);
      assert.deepEqual((await add(carts, owner, 'a', id)).lines, [{ slug: 'a', quantity: 1 }]);
    });

    await t.test('leaves the carts of others, and may be done twice', async () => {
      const [owner, other] = [newUser(), newUser()];
      await add(carts, owner, 'a');
      const theirs = await add(carts, other, 'a');

      await carts.remove(owner);
      await carts.remove(owner);
      assert.deepEqual(await carts.read(other), theirs);
    });

    await t.test('costs one round trip', async () => {
      const before = backend.told.trips;
      await carts.remove(newUser());
      assert.equal(backend.told.trips, before + 1);
    });
  });
}

/** The keys in Redis, or the tables in SQLite, where this owner is named. */
async function traces(backend: Backend, owner: Owner): Promise<string[]> {
  if (backend.raw) {
    const kinds = ['cart', 'changes', 'undo', 'moved', 'quarantine'];
    const found = await Promise.all(
      kinds.map(async (kind) => ((await backend.raw!.exists(`${kind}:{${owner}}`)) ? [kind] : [])),
    );
    return found.flat();
  }
  using file = openFile(backend);
  const tables = ['carts', 'cart_lines', 'cart_changes', 'moved_carts', 'quarantined_carts'];
  return tables.filter((table) =>
    file.database.prepare(`SELECT 1 FROM ${table} WHERE owner = ?`).get(owner),
  );
}

async function damage(backend: Backend, owner: Owner): Promise<void> {
  await add(backend.store.carts, owner, 'a');
  if (backend.raw) {
    await backend.raw.hset(`cart:{${owner}}`, 'line:a', 'much');
    return;
  }
  using file = openFile(backend);
  file.database.prepare('UPDATE cart_lines SET quantity = -1 WHERE owner = ?').run(owner);
}

function openFile({ folder }: Backend) {
  const database = new Sqlite(`${folder}/state.db`);
  return { database, [Symbol.dispose]: () => void database.close() };
}
