import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { Cluster, type Redis } from 'ioredis';
import type { Owner } from '../../src/store/contract/owner.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { day, hour, minute } from '../support/clock.ts';
import '../support/in-memory.ts';
import { temporaryFolder } from '../support/folder.ts';
import { openSqlite } from '../../src/store/sqlite/client.ts';
import { startPurge } from '../../src/store/sqlite/purge.ts';
import { lifetimes, openBackend, quiet } from './backends.ts';
import { openTamper } from './tamper.ts';

const newId = () => randomBytes(16).toString('base64url');
const device = { agent: 'Firefox', network: '192.0.2.*', since: 1 };

const add = ({ carts }: Store, owner: Owner, slug = 'a') =>
  carts.change(owner, { id: newId(), kind: 'add', slug, quantity: 1 });

test('the purge of an embedded store', async (t) => {
  // Its timers run by hand: an hour of them passes in a moment.
  t.mock.timers.enable({ apis: ['setTimeout'] });
  await using backend = await openBackend('sqlite');
  await using tamper = openTamper(backend);
  const { clock, store } = backend;
  const database = new Database(join(backend.folder, 'state.db'));
  t.after(() => database.close());

  const count = (table: string) =>
    database.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get()!;
  const counts = (...tables: string[]) =>
    Object.fromEntries(tables.map((table) => [table, count(table)]));

  /** Lets its timers fire until a condition holds, or for two hours of them. @returns how often they fired */
  async function purgeUntil(done: () => boolean): Promise<number> {
    for (let turn = 0; turn < 120; turn += 1) {
      if (done()) return turn;
      t.mock.timers.tick(minute);
      await nextTurn();
    }
    return 120;
  }

  await t.test('what has expired goes, in batches, and what lives stays', async () => {
    for (let index = 0; index < 500; index += 1) {
      await store.sessions.create(newId(), { owner: `user-${index}`, device, passport: 'x' });
      await add(store, `guest-${index}`);
    }
    clock.advance(lifetimes.guestCart - day);
    const alive = newId();
    await store.sessions.create(alive, { owner: 'user-alive', device, passport: 'x' });
    await add(store, 'guest-alive');
    await add(store, 'user-alive');
    clock.advance(2 * day);

    await add(store, 'user-alive', 'b');

    const turns = await purgeUntil(() => count('sessions') === 1 && count('cart_changes') === 1);
    assert.deepEqual(counts('sessions', 'carts', 'cart_lines', 'cart_changes'), {
      sessions: 1,
      carts: 2,
      cart_lines: 3,
      // Remembered for a day, however long the cart lives.
      cart_changes: 1,
    });
    assert.ok(turns > 1, 'not all at once');
    assert.equal((await store.sessions.load(alive))!.fields.passport, 'x');
    assert.deepEqual((await store.carts.read('guest-alive')).lines, [{ slug: 'a', quantity: 1 }]);
  });

  await t.test('fields go with their session', () => {
    assert.equal(count('session_fields'), 4, 'created, owner, device and passport of the living');
  });

  await t.test('devices that were not seen for an idle lifetime go', async () => {
    await purgeUntil(() => count('devices') === 1);
    assert.equal(count('devices'), 1);
  });

  await t.test('pointers to merged carts and carts set aside go', async () => {
    for (let index = 0; index < 300; index += 1) {
      await store.carts.merge(`guest-moved-${index}`, 'user-alive');
    }
    await add(store, 'user-damaged');
    await tamper.setQuantity('user-damaged', 'a', '-5');
    await store.carts.read('user-damaged');
    assert.deepEqual(counts('moved_carts', 'quarantined_carts'), {
      moved_carts: 300,
      quarantined_carts: 1,
    });
    clock.advance(31 * day);
    await purgeUntil(() => count('moved_carts') + count('quarantined_carts') === 0);
    assert.deepEqual(counts('moved_carts', 'quarantined_carts'), {
      moved_carts: 0,
      quarantined_carts: 0,
    });
    assert.equal((await store.carts.read('user-alive')).lines.length, 2);
  });

  await t.test('a store that is locked is purged later, and the log hears why', async () => {
    await store.sessions.create(newId(), { passport: 'x' });
    clock.advance(lifetimes.sessionIdle);
    database.exec('BEGIN IMMEDIATE');
    t.mock.timers.tick(minute);
    while (backend.told.errors.length === 0) await nextTurn();
    assert.notEqual(count('sessions'), 0);
    assert.deepEqual(
      backend.told.errors.map(({ cause }) => (cause as { code?: string }).code),
      ['SQLITE_BUSY'],
    );
    database.exec('COMMIT');
    await purgeUntil(() => count('sessions') === 0);
    assert.equal(count('sessions'), 0);
  });

  await t.test('after close nothing is purged, and nothing fails', async () => {
    await store.sessions.create(newId(), { passport: 'x' });
    clock.advance(lifetimes.sessionIdle);
    await store.close();
    t.mock.timers.tick(hour);
    await nextTurn();
    assert.equal(count('sessions'), 1);
  });
});

test('a purge does not wait for the disk, and every change after it does', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  await using folder = await temporaryFolder();
  const { database, close, ...client } = openSqlite(folder.file('state.db'), quiet);
  const synchronous = () => database.pragma('synchronous', { simple: true });
  const during: unknown[] = [];
  const watched = {
    ...client,
    database,
    close,
    transact<T>(name: string, work: () => T): Promise<T> {
      during.push(synchronous());
      return client.transact(name, work);
    },
  };
  const stop = startPurge(watched, {
    lifetimes,
    clock: Date.now,
    sessionPrefix: '',
    events: quiet,
  });
  t.mock.timers.tick(minute);
  assert.deepEqual([during, synchronous()], [[1], 2]);
  stop();
  close();
});

for (const name of ['redis', 'redis-cluster'] as const) {
  test(`every key in ${name} has a lifetime, whatever was done`, async (t) => {
    await using backend = await openBackend(name);
    await using tamper = openTamper(backend);
    const { store, raw } = backend;
    const { sessions, carts } = store;
    const user: Owner = 'user-busy';
    const variables = { set: { x: '1' }, remove: ['y'] };

    const ids = Array.from({ length: 5 }, newId);
    for (const id of ids) await sessions.create(id, { owner: user, device, passport: 'x' });
    await sessions.create(newId(), {});
    for (const id of ids) {
      await sessions.load(id, { devices: true });
      await sessions.update(id, { set: { a: 1, owner: user, device }, remove: ['b'], variables });
    }
    await sessions.destroy(ids[0]!);
    await sessions.update(ids[0]!, { set: { a: 1 }, remove: [], variables });
    await sessions.load(ids[0]!);
    await sessions.endOtherDevices(user, ids[1]!);
    backend.clock.advance(10 * minute);
    await sessions.load(ids[1]!, { devices: true });

    for (const guest of ['guest-1', 'guest-2', 'guest-3'] as const) {
      await add(store, guest);
      await add(store, guest, 'b');
      await carts.change(guest, { id: newId(), kind: 'set', slug: 'a', quantity: 200 });
      await carts.change(guest, { id: newId(), kind: 'undo' });
    }
    await add(store, user);
    await carts.merge('guest-1', user);
    await carts.merge('guest-2', user);
    await carts.merge('guest-nobody', user);
    await add(store, 'guest-1');
    await carts.change(user, { id: newId(), kind: 'set', slug: 'a', quantity: 0 });
    await carts.change(user, { id: newId(), kind: 'undo' });
    await carts.change(user, { id: newId(), kind: 'clear' });
    await carts.change('guest-new', { id: newId(), kind: 'undo' });
    await carts.read('guest-unseen');
    await add(store, 'user-damaged');
    await tamper.setQuantity('user-damaged', 'a', '-5');
    await carts.read('user-damaged');
    await add(store, 'user-damaged');

    await store.links.create(newId(), { user: 'x', session: 'x', password: 'x' }, minute);
    await store.limits.use('name', 2, minute);
    await store.limits.use('name', 2, minute);
    await store.limits.attempt('name');
    await store.limits.attempt('name');

    const keys = await allKeys(raw!);
    const kinds = new Set(keys.map((key) => key.split(':', 1)[0]));
    const expected =
      'cart changes claimed devices failures link moved quarantine session undo uses';
    assert.deepEqual(kinds, new Set(expected.split(' ')));
    for (const key of keys) {
      await t.test(key.replace(/[0-9a-f]{64}/, '…'), async () => {
        assert.ok((await raw!.pttl(key)) > 0);
      });
    }
  });
}

async function allKeys(raw: Redis | Cluster): Promise<string[]> {
  const servers = raw instanceof Cluster ? raw.nodes('master') : [raw];
  const keys: string[] = [];
  for (const server of servers) {
    for await (const some of server.scanStream() as AsyncIterable<string[]>) keys.push(...some);
  }
  return keys.toSorted();
}
