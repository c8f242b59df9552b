import assert from 'node:assert/strict';
import { execFile, fork, spawnSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { Redis } from 'ioredis';
import type { Cart } from '../../src/store/contract/carts.ts';
import { StoreUnavailable } from '../../src/store/contract/errors.ts';
import type { Owner } from '../../src/store/contract/owner.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { createKeyring } from '../../src/store/sealing/keyring.ts';
import { createSealedSessions } from '../../src/store/sealing/sealed-sessions.ts';
import { createSqliteCartStore } from '../../src/store/sqlite/carts/cart-store.ts';
import { openSqlite } from '../../src/store/sqlite/client.ts';
import { createSqliteSessionBackend } from '../../src/store/sqlite/session-backend.ts';
import { createWatchers } from '../../src/store/watchers.ts';
import { createClock, day, minute } from '../support/clock.ts';
import { holdUp } from '../support/hold-up.ts';
import '../support/in-memory.ts';
import { startRedis, type RedisServer } from '../support/redis-server.ts';
import { FIRST_SECRET, lifetimes, openOn, quiet } from './backends.ts';
import type { Job } from './sqlite-process.ts';

const newId = () => randomBytes(16).toString('base64url');
const device = { agent: 'Firefox', network: '192.0.2.*', since: 1 };

const quantities = ({ lines }: Cart) =>
  Object.fromEntries(lines.map(({ slug, quantity }) => [slug, quantity]));

interface OnRedis extends AsyncDisposable {
  redis: RedisServer;
  store: Store;
}

/** One Redis of these settings, and a store that is opened once: whatever happens, nobody restarts the app. */
async function openOnRedis(...settings: string[]): Promise<OnRedis> {
  const redis = await startRedis(...settings);
  const store = await openOn(redis.url);
  return {
    redis,
    store,
    async [Symbol.asyncDispose]() {
      redis.resume();
      await store.close();
      await redis[Symbol.asyncDispose]();
    },
  };
}

const add = (store: Store, owner: Owner, slug: string, id = newId()) =>
  store.carts.change(owner, { id, kind: 'add', slug, quantity: 1 });

/** Waits until the store answers again, asking at every turn of the event loop. */
async function answers(store: Store): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      return await store.ping();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await nextTurn();
    }
  }
}

/** @returns how long it took to fail */
async function failure(command: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await assert.rejects(command, StoreUnavailable);
  return performance.now() - start;
}

/** Every kind of command that the contract has. */
function commands(store: Store, id: string, owner: Owner): Record<string, () => Promise<unknown>> {
  const update = { set: { a: 1 }, remove: [], variables: { set: {}, remove: [] } };
  return {
    load: () => store.sessions.load(id),
    create: () => store.sessions.create(newId(), { owner, device }),
    update: () => store.sessions.update(id, update),
    destroy: () => store.sessions.destroy(newId()),
    endDevice: () => store.sessions.endDevice(owner, 'x'),
    endOtherDevices: () => store.sessions.endOtherDevices(owner, id),
    countStale: () => store.sessions.countStale(),
    endAll: () => store.sessions.endAll(),
    endAllLinks: () => store.links.endAll(),
    read: () => store.carts.read(owner),
    change: () => add(store, owner, 'a'),
    merge: () => store.carts.merge('guest-somebody', owner),
    ping: () => store.ping(),
  };
}

test('Redis that was killed: every command fails at once, and works again without reopening the store', async (t) => {
  await using backend = await openOnRedis();
  const { redis, store } = backend;
  const owner: Owner = 'user-outage';
  const id = newId();
  await store.sessions.create(id, { owner, passport: 'x' });
  await add(store, owner, 'a');

  await redis.kill();
  for (const [name, command] of Object.entries(commands(store, id, owner))) {
    await t.test(`${name} says that the store does not answer`, async () => {
      assert.ok((await failure(command())) < 900);
    });
  }

  await redis.start();
  await answers(store);
  await t.test('what was acknowledged is all there', async () => {
    const { fields, cart } = (await store.sessions.load(id))!;
    assert.equal(fields.passport, 'x');
    assert.deepEqual(quantities(cart), { a: 1 });
  });
  for (const [name, command] of Object.entries(commands(store, id, owner))) {
    await t.test(`${name} works again`, async () => {
      await command();
    });
  }
});

// In memory, since with `everysec` a disk that is slow to sync makes Redis answer before it has written anything.
for (const appendfsync of ['everysec', 'always']) {
  test(`a race of eight devices with five kills of Redis (appendfsync ${appendfsync})`, async (t) => {
    await using backend = await openOnRedis('--appendfsync', appendfsync);
    const { redis, store } = backend;
    const owner: Owner = 'user-with-eight-devices';
    const slugs = ['a', 'b', 'c', 'd', 'e'];
    const total = 300;
    const done: Record<string, number> = {};
    let sent = 0;
    let acknowledged = 0;
    let failures = 0;

    // Each kill falls after a random number of answers, with the other devices' changes on their way.
    const killAt = new Set<number>();
    while (killAt.size < 5) killAt.add(1 + randomInt(total - 10));
    let outage: Promise<void> | undefined;
    async function crash() {
      await outage;
      await redis.kill();
      await redis.start();
    }

    async function addUntilDone(slug: string) {
      const change = newId();
      for (;;) {
        try {
          await add(store, owner, slug, change);
          done[slug] = (done[slug] ?? 0) + 1;
          acknowledged += 1;
          if (killAt.has(acknowledged)) outage = crash();
          return;
        } catch (error) {
          assert.ok(error instanceof StoreUnavailable, String(error));
          failures += 1;
          await answers(store);
        }
      }
    }

    const deviceLife = async () => {
      while (sent < total) {
        sent += 1;
        await addUntilDone(slugs[sent % slugs.length]!);
      }
    };
    await Promise.all(Array.from({ length: 8 }, deviceLife));
    await outage;
    await answers(store);

    const cart = await store.carts.read(owner);
    await t.test('the cart is exactly what the devices consider done', () => {
      assert.deepEqual(quantities(cart), done);
      assert.equal(cart.version, total, 'each change was applied once');
    });
    await t.test('there were outages', () => assert.ok(failures > 0));
  });
}

test('Redis that hangs: every command fails within a second', async (t) => {
  await using backend = await openOnRedis();
  const { redis, store } = backend;
  const owner: Owner = 'user-hung';
  const id = newId();
  await store.sessions.create(id, { owner, passport: 'x' });

  redis.pause();
  await t.test('all of them at once, whatever they ask', async () => {
    const {
      countStale: _long,
      endAll: _longer,
      endAllLinks: _links,
      ...quick
    } = commands(store, id, owner);
    const all = Object.values(quick).map((command) => failure(command()));
    for (const wait of await Promise.all(all)) assert.ok(wait < 900, `${wait} ms`);
  });
  await t.test('even the walk through the whole store', async () => {
    assert.ok((await failure(store.sessions.countStale())) < 900);
  });

  await t.test('a change that timed out and is sent again is applied once', async () => {
    const before = newId();
    assert.ok((await failure(add(store, owner, 'b', before))) < 900);
    redis.resume();
    await answers(store);
    const cart = await add(store, owner, 'b', before);
    assert.equal(quantities(cart).b, 1);
    assert.equal(quantities(await store.carts.read(owner)).b, 1);
  });
  await t.test('nobody was signed out', async () => {
    assert.equal((await store.sessions.load(id))!.fields.passport, 'x');
  });
});

test('a process that was held up itself does not take its own pause for silence of Redis', async () => {
  await using backend = await openOnRedis();
  const { store } = backend;
  const owner: Owner = 'user-of-a-busy-process';
  const id = newId();
  await store.sessions.create(id, { owner, passport: 'x' });

  const sent = Object.values(commands(store, id, owner)).map((command) => command());
  await nextTurn();
  holdUp(700);
  await Promise.all(sent);

  const asked = Object.values(commands(store, id, owner)).map((command) => command());
  holdUp(700);
  await Promise.all(asked);
});

test('Redis that is full: nothing is evicted, and what frees memory still works', async (t) => {
  await using backend = await openOnRedis('--maxmemory-policy', 'noeviction');
  const { redis, store } = backend;
  const raw = new Redis(redis.url);
  t.after(() => raw.disconnect());
  const owner: Owner = 'user-of-a-full-store';
  const ids = [newId(), newId()];
  const info = async (name: string) =>
    Number(new RegExp(`${name}:(\\d+)`).exec(await raw.info())?.[1]);

  for (const id of ids) await store.sessions.create(id, { owner, device, passport: 'x' });
  for (const slug of ['a', 'b', 'c']) await add(store, owner, slug);
  await raw.set('ballast', randomBytes(2_000_000), 'PX', 60_000);
  await raw.config('SET', 'maxmemory', '1mb');

  await t.test('adds, sign-ins and new carts fail as an outage', async () => {
    await failure(add(store, owner, 'a'));
    await failure(add(store, owner, 'z'));
    await failure(add(store, 'guest-new', 'a'));
    await failure(store.sessions.create(newId(), { owner, device }));
  });
  await t.test('pages, removals and sign-outs work', async () => {
    const { cart, devices } = (await store.sessions.load(ids[0]!, { devices: true }))!;
    assert.deepEqual(quantities(cart), { a: 1, b: 1, c: 1 });
    assert.equal(devices.length, 2);
    const remove = { id: newId(), kind: 'set', slug: 'a', quantity: 0 } as const;
    assert.deepEqual(quantities(await store.carts.change(owner, remove)), { b: 1, c: 1 });
    await store.sessions.destroy(ids[1]!);
    assert.equal(await store.sessions.load(ids[1]!), null);
    const clear = { id: newId(), kind: 'clear' } as const;
    assert.deepEqual((await store.carts.change(owner, clear)).lines, []);
  });
  await t.test('with room again, adds work at once', async () => {
    await raw.config('SET', 'maxmemory', '100mb');
    assert.deepEqual(quantities(await add(store, owner, 'a')), { a: 1 });
    assert.equal((await store.sessions.load(ids[0]!))!.fields.passport, 'x');
    assert.equal(await info('evicted_keys'), 0);
  });
});

interface SmallDisk extends AsyncDisposable {
  file: string;
  store: Pick<Store, 'sessions' | 'carts'>;
  clock: ReturnType<typeof createClock>;
  database: Database.Database;
  /** As if the disk had no room beyond what the file has now. */
  fill(): void;
  free(): void;
}

/** The embedded store, put together here so that its own connection can be told how large the file may grow. */
async function openOnSmallDisk(): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), 'satchel-full-'));
  const clock = createClock();
  const file = join(folder, 'state.db');
  const client = openSqlite(file, quiet);
  const { database } = client;
  const options = { sessionPrefix: 'session:', lifetimes, clock, events: quiet };
  const watchers = createWatchers();
  const backend = createSqliteSessionBackend(client, options, watchers);
  const keyring = createKeyring([FIRST_SECRET]);
  return {
    file,
    store: {
      sessions: createSealedSessions({ ...options, backend, keyring }),
      carts: createSqliteCartStore(client, options, watchers),
    },
    clock,
    database,
    fill() {
      database.pragma('max_page_count = 1');
    },
    free() {
      database.pragma('max_page_count = 1000000');
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await rm(folder, { recursive: true });
    },
  };
}

test('SQLite on a full disk: an outage without half-done changes, and well again without a restart', async (t) => {
  await using disk = await openOnSmallDisk();
  const { store, clock, database } = disk;
  const { sessions, carts } = store;
  const owner: Owner = 'user-of-a-full-disk';
  const [here, there] = [newId(), newId()];
  for (const id of [here, there]) await sessions.create(id, { owner, device, passport: 'x' });

  const addMuch = (slug: string) =>
    carts.change(owner, { id: newId(), kind: 'add', slug: slug.repeat(50), quantity: 1 });
  for (let index = 0; index < 10; index += 1) await addMuch(`p${index}`);

  /** Adds until not even the free space within the pages is left. @returns how many were acknowledged */
  async function addUntilFull(): Promise<number> {
    for (let added = 0; added < 2000; added += 1) {
      try {
        await carts.change(`guest-${added}`, {
          id: newId(),
          kind: 'add',
          slug: 'x'.repeat(60),
          quantity: 1,
        });
      } catch (error) {
        assert.ok(error instanceof StoreUnavailable, String(error));
        return added;
      }
    }
    throw new Error('The disk never became full.');
  }

  disk.fill();
  const acknowledged = await addUntilFull();

  await t.test('a new session is refused as an outage, and nothing of it is stored', async () => {
    const id = newId();
    await failure(sessions.create(id, { owner, passport: 'x'.repeat(5000) }));
    assert.equal(await sessions.load(id), null);
  });
  await t.test('pages work, also those that would note when a session was last seen', async () => {
    clock.advance(day);
    const { cart, devices } = (await sessions.load(here, { devices: true }))!;
    assert.equal(cart.lines.length, 10);
    assert.equal(devices.length, 2);
  });
  await t.test('removals and sign-outs work', async () => {
    const { lines } = await carts.change(owner, {
      id: newId(),
      kind: 'set',
      slug: 'p0'.repeat(50),
      quantity: 0,
    });
    assert.equal(lines.length, 9);
    await sessions.destroy(there);
    assert.equal(await sessions.load(there), null);
  });
  await t.test(
    'with room again, all works, nothing is half done and nothing was lost',
    async () => {
      disk.free();
      assert.equal((await addMuch('q')).lines.length, 10);
      for (let index = 0; index < acknowledged; index += 1) {
        const { lines, version } = await carts.read(`guest-${index}`);
        assert.deepEqual([lines.length, version], [1, 1]);
      }
      assert.equal((await carts.read(`guest-${acknowledged}`)).version, 0);
      assert.deepEqual(database.pragma('integrity_check'), [{ integrity_check: 'ok' }]);
      assert.deepEqual(database.pragma('foreign_key_check'), []);
    },
  );
  clock.advance(minute);
});

/** A disk of one megabyte for one process alone: it is gone with the process. Linux as root, or where users may. */
const withSmallDisk = [
  '--mount',
  '--map-root-user',
  'sh',
  '-c',
  'mount -t tmpfs -o size=1m tmpfs "$1" && shift && exec "$@"',
  'sh',
];
const canMount =
  spawnSync('unshare', [...withSmallDisk, '/mnt', 'true'], { stdio: 'ignore' }).status === 0;

test(
  'SQLite on a disk that is really full: pages are still shown, and nothing acknowledged is lost',
  { skip: canMount ? false : 'this system lets nobody mount a small disk' },
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'satchel-disk-'));
    t.after(() => rm(folder, { recursive: true }));
    const script = fileURLToPath(new URL('full-disk-process.ts', import.meta.url));
    const command = [folder, process.execPath, script, folder];
    const { stdout } = await promisify(execFile)('unshare', [...withSmallDisk, ...command]);
    assert.deepEqual(JSON.parse(stdout), []);
  },
);

/** Runs another real process on the file. @returns what it found wrong */
async function inAnotherProcess(job: Job): Promise<string[]> {
  const child = fork(new URL('sqlite-process.ts', import.meta.url), [JSON.stringify(job)], {
    execArgv: [],
  });
  const [wrong] = (await once(child, 'message')) as [string[]];
  return wrong;
}

test('a fault of ours where a view is noted is not taken for one of the disk', async (t) => {
  const { prepare } = Database.prototype;
  t.mock.method(Database.prototype, 'prepare', function (this: Database.Database, sql: string) {
    const statement = prepare.call(this, sql);
    if (!sql.startsWith('UPDATE sessions SET expires')) return statement;
    return Object.assign(statement, {
      run() {
        throw new TypeError('a fault of ours');
      },
    });
  });
  await using disk = await openOnSmallDisk();
  const id = newId();
  await disk.store.sessions.create(id, { passport: 'x' });
  disk.clock.advance(day);

  await assert.rejects(disk.store.sessions.load(id), TypeError);
});

test('the write-ahead log of SQLite stays small, however much is written', async (t) => {
  await using disk = await openOnSmallDisk();
  const { carts } = disk.store;
  const reader = new Database(disk.file);
  t.after(() => reader.close());
  for (let index = 0; index < 3000; index += 1) {
    await carts.change(`guest-${index % 50}`, {
      id: newId(),
      kind: 'add',
      slug: `p${index % 90}`,
      quantity: 1,
    });
    if (index % 100 === 0) reader.prepare('SELECT count(*) FROM carts').get();
  }
  const { size } = await stat(`${disk.file}-wal`);
  assert.ok(size < 8 * 1024 * 1024, `${size} bytes`);
});

test('several processes on one SQLite file', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'satchel-processes-'));
  t.after(() => rm(folder, { recursive: true }));
  const job = (part: Partial<Job>): Job => ({
    file: join(folder, 'state.db'),
    owner: `user-${newId()}`,
    task: 'add',
    changes: 0,
    ...part,
  });
  const runAll = async (jobs: Job[]) => (await Promise.all(jobs.map(inAnotherProcess))).flat();

  await t.test('a race of six that open a new file: all can', async () => {
    const file = join(folder, 'new.db');
    const jobs = Array.from({ length: 6 }, () => job({ file, changes: 1 }));
    assert.deepEqual(await runAll(jobs), []);
  });

  await t.test('a race of four that write: no SQLITE_BUSY, no change lost', async () => {
    const owner = `user-${newId()}`;
    assert.deepEqual(
      await runAll(Array.from({ length: 4 }, () => job({ owner, changes: 20 }))),
      [],
    );
    const reader = new Database(join(folder, 'state.db'));
    const { version } = reader
      .prepare<[string], { version: number }>('SELECT version FROM carts WHERE owner = ?')
      .get(owner)!;
    const { quantity } = reader
      .prepare<[string], { quantity: number }>('SELECT quantity FROM cart_lines WHERE owner = ?')
      .get(owner)!;
    reader.close();
    assert.deepEqual({ version, quantity }, { version: 80, quantity: 80 });
  });

  await t.test('a race of readers with a writer: no cart is seen half changed', async () => {
    const owner = `user-${newId()}`;
    const jobs = [
      job({ owner, task: 'set', changes: 400 }),
      job({ owner, task: 'read', changes: 400 }),
    ];
    assert.deepEqual(await runAll(jobs), []);
  });

  await t.test('a race of loads with writes: no session is taken for a damaged one', async () => {
    const owner = `user-${newId()}`;
    const jobs = [
      job({ owner, task: 'own', changes: 400 }),
      job({ owner, task: 'load', changes: 400 }),
    ];
    assert.deepEqual(await runAll(jobs), []);
  });
});
