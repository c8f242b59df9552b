import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { Cluster, Redis } from 'ioredis';
import type { Lifetimes } from '../../src/store/contract/lifetimes.ts';
import type { Owner } from '../../src/store/contract/owner.ts'; // shop
import type { StoreEvents, Store } from '../../src/store/contract/store.ts';
import { openStore } from '../../src/store/open.ts';
import { createClock, day, type TestClock } from '../support/clock.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { startRedis, type RedisServer } from '../support/redis-server.ts';

export const backends = ['sqlite', 'redis', 'redis-cluster'] as const;
export type BackendName = (typeof backends)[number];

export const lifetimes: Lifetimes = {
  sessionIdle: 14 * day,
  sessionAbsolute: 90 * day,
  guestCart: 30 * day, // shop
  userCart: 365 * day, // shop
};

export const FIRST_SECRET = 'the first secret of these tests, long enough';
export const SECOND_SECRET = 'the second secret of these tests, long enough';

/** A real store, and what a test needs in addition: the time, other processes, and the stored bytes. */
export interface Backend extends AsyncDisposable {
  store: Store;
  clock: TestClock;
  /** What the store reported. */
  told: {
    trips: number;
    damaged: string[];
    endedDevices: string[];
    damagedCarts: Owner[]; // shop
    errors: Error[];
  };
  /** Opens the same data as another process does, with other secrets if given. It is closed with the backend. */
  openAnother(secrets?: string[]): Promise<Store>;
  /** Returns a number that changes with every write, and never with a read. */
  written(): Promise<number>;
  /** Returns all bytes that a backup would contain. */
  bytesAtRest(): Promise<Buffer>;
  /** Only when the backend is one Redis. */
  redis: RedisServer | undefined;
  /** A direct connection to the data. Only when the backend is Redis or a Redis Cluster. */
  raw: Redis | Cluster | undefined;
  folder: string;
}

/** Ignores every report. */
export const quiet = {
  onRoundTrip() {},
  onDamaged() {},
  onDeviceEnded() {},
  onDamagedCart() {}, // shop
  onError() {},
};

/** Opens a store on a Redis that the test has started. Unless it is closed earlier, it is closed at the end of the test. */
export async function openOn(
  redisUrl: string,
  events: Partial<StoreEvents> = {},
  sentinel: { username?: string; password?: string } = {},
): Promise<Store & AsyncDisposable> {
  const settings = {
    redisUrl,
    sentinel,
    stateFile: '',
    secrets: [FIRST_SECRET],
    sessionKeyPrefix: 'session:',
    lifetimes,
  };
  const store = await openStore(settings, createClock(), { ...quiet, ...events });
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() });
}

export async function openBackend(name: BackendName): Promise<Backend> {
  const folder = await mkdtemp(join(tmpdir(), 'satchel-store-'));
  const redis = name === 'redis' ? await startRedis() : undefined;
  const cluster = name === 'redis-cluster' ? await startRedisCluster() : undefined;
  const servers = redis ? [redis] : (cluster?.servers ?? []);
  const raw = connectRaw(name, servers);
  const clock = createClock();
  const told: Backend['told'] = {
    trips: 0,
    damaged: [],
    endedDevices: [],
    damagedCarts: [], // shop
    errors: [],
  };
  const opened: Store[] = [];

  async function openAnother(secrets = [FIRST_SECRET]): Promise<Store> {
    const settings = {
      redisUrl: redis?.url ?? cluster?.url,
      stateFile: join(folder, 'state.db'),
      secrets,
      sessionKeyPrefix: 'session:',
      lifetimes,
    };
    const store = await openStore(settings, clock, {
      onRoundTrip: () => void (told.trips += 1),
      onDamaged: (_key, reason) => void told.damaged.push(reason),
      onDeviceEnded: (session) => void told.endedDevices.push(session),
      onDamagedCart: (owner) => void told.damagedCarts.push(owner), // shop
      onError: (error) => void told.errors.push(error),
    });
    opened.push(store);
    await answering(store);
    return store;
  }

  const store = await openAnother();
  const watched = raw ? undefined : new Database(join(folder, 'state.db'));

  return {
    store,
    clock,
    told,
    openAnother,
    redis,
    raw,
    folder,
    async written() {
      if (!raw) return watched!.pragma('data_version', { simple: true }) as number;
      const masters = raw instanceof Cluster ? raw.nodes('master') : [raw];
      const infos = await Promise.all(masters.map((master) => master.info('persistence')));
      const counts = infos.map((info) => /rdb_changes_since_last_save:(\d+)/.exec(info)![1]);
      return counts.map(Number).reduce((sum, count) => sum + count);
    },
    async bytesAtRest() {
      await Promise.all(servers.map(flush));
      const folders = servers.length > 0 ? servers.map((server) => server.folder) : [folder];
      return Buffer.concat(await Promise.all(folders.map(readFolder)));
    },
    async [Symbol.asyncDispose]() {
      for (const store of opened) await store.close();
      raw?.disconnect();
      watched?.close();
      await redis?.[Symbol.asyncDispose]();
      await cluster?.[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** On a busy machine, connecting may take longer than the app waits before it starts without its store. */
export async function answering(store: Store): Promise<void> {
  try {
    await store.ping();
  } catch {
    await nextTurn();
    await answering(store);
  }
}

function connectRaw(name: BackendName, servers: RedisServer[]): Redis | Cluster | undefined {
  const [first] = servers;
  if (!first) return undefined;
  return name === 'redis'
    ? new Redis(first.url)
    : new Cluster([{ host: '127.0.0.1', port: first.port }]);
}

/** While the disk is busy, Redis answers before it has written. With "always" it writes first. */
async function flush({ url }: RedisServer): Promise<void> {
  const client = new Redis(url);
  await client.config('SET', 'appendfsync', 'always');
  await client.config('SET', 'appendfsync', 'everysec');
  client.disconnect();
}

async function readFolder(folder: string): Promise<Buffer> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Buffer.concat(
    await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name)))),
  );
}
