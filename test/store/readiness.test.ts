import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { suite, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Cart } from '../../src/store/contract/carts.ts'; // shop
import type { StoreUnavailable } from '../../src/store/contract/errors.ts';
import type { Owner } from '../../src/store/contract/owner.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { read } from '../docs/documents.ts';
import '../support/in-memory.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { startRedis, type RedisServer } from '../support/redis-server.ts';
import { openBackend, openOn } from './backends.ts';

/** Returns the sentence that says why a change would not work; null when it would. */
function refusal(store: Store): Promise<string | null> {
  return store.checkReadiness().then(
    () => null,
    (error: StoreUnavailable) => (error.cause as Error).message,
  );
}

/** A store as a user of Redis who may do everything except this. The rules are those of ACL SETUSER. */
async function openAs(redis: RedisServer, ...rules: string[]) {
  const admin = new Redis(redis.url);
  const name = `app-${randomUUID()}`;
  await admin.call('ACL', 'SETUSER', name, 'on', '>password', '~*', '&*', '+@all', ...rules);
  const store = await openOn(`redis://${name}:password@127.0.0.1:${redis.port}`);
  return {
    store,
    admin,
    async [Symbol.asyncDispose]() {
      await store.close();
      admin.disconnect();
    },
  };
}

const newId = () => randomBytes(16).toString('base64url');

/** Uses every script once. */
async function useEverything({
  sessions,
  carts,
  links,
  answers,
  limits,
  events,
}: Store): Promise<void> {
  const owner: Owner = `user-${randomUUID()}`;
  const guest: Owner = `guest-${randomUUID()}`;
  const device = { agent: 'Firefox', network: '192.0.2.*', since: 1 };
  const [id, later] = [newId(), newId()];
  const stop = await events.watch(owner, () => {});
  await sessions.create(id, { owner, device });
  await sessions.update(id, { set: { a: 1 }, remove: ['b'], variables: { set: {}, remove: [] } });
  await carts.change(guest, { id: newId(), kind: 'add', slug: 'a', quantity: 1 });
  await carts.change(owner, { id: newId(), kind: 'add', slug: 'b', quantity: 1 });
  await carts.change(owner, { id: newId(), kind: 'undo' });
  await carts.change(owner, { id: newId(), kind: 'clear' });
  await carts.merge(guest, owner);
  await carts.read(owner);
  await sessions.rotate(id, later, []);
  await sessions.update(id, { set: { c: 1 }, remove: [], variables: { set: {}, remove: [] } });
  await sessions.load(later, { devices: true });
  await sessions.has(owner, later);
  await sessions.reseal(later);
  await sessions.endOtherDevices(owner, later);
  await sessions.destroy(later);
  await links.create('token', { user: 'u', session: 's', password: 'p' }, 60_000);
  await links.read('token');
  await links.take('token');
  await answers.claim('name', 60_000);
  await answers.keep('name', { to: '/', session: null, cookies: [] }, 60_000);
  await answers.read('name');
  await answers.release('name');
  await limits.use(newId(), 1, 60_000);
  await limits.attempt('name');
  await limits.attempt('name', 'network');
  await limits.clear('name');
  await limits.forgive('name');
  await carts.remove(owner);
  stop();
}

suite('readiness of Redis', () => {
  test('a user that passes the check may do everything that the shop does', async () => {
    await using redis = await startRedis();
    await using all = await openAs(redis);
    await all.admin.config('RESETSTAT');
    assert.equal(await refusal(all.store), null);
    const stats = await all.admin.info('commandstats');
    const checked = [...stats.matchAll(/cmdstat_([a-z]+):/g)].map(([, command]) => `+${command}`);

    const connecting = ['+hello', '+auth', '+client', '+info', '+ping', '+subscribe', '+time'];
    const scripts = ['+eval', '+evalsha', '+unsubscribe', '+publish'];
    await using few = await openAs(redis, '-@all', ...checked, ...connecting, ...scripts);
    assert.equal(await refusal(few.store), null);
    await useEverything(few.store);
  });

  /** The rights that docs/operations.md gives to the user of the shop. */
  const rights = /^ACL SETUSER satchel on >password (.*?)^```/ms
    .exec(read('docs/operations.md'))![1]!
    .trim()
    .split(/\s+/);

  test('the rights that docs/operations.md names are enough', async () => {
    await using redis = await startRedis();
    await using documented = await openAs(redis, ...rights);
    assert.equal(await refusal(documented.store), null);
    await useEverything(documented.store);
  });

  test('each kind of key that docs/operations.md names is missed when a user may not use it', async () => {
    await using redis = await startRedis();
    const kinds = rights.filter((right) => right.startsWith('~'));
    assert.ok(kinds.length > 10);
    for (const kind of kinds) {
      await using lacking = await openAs(redis, ...rights.filter((right) => right !== kind));
      assert.match((await refusal(lacking.store)) ?? 'ready', /right to some keys/, kind);
    }
  });

  for (const [rule, named] of [
    ['-publish', /right to PUBLISH/],
    ['resetchannels', /right to PUBLISH|subscribe/],
    ['-pexpiretime', /right to PEXPIRETIME/],
    ['-pexpireat', /right to PEXPIREAT/],
    ['-zadd', /right to ZADD/],
    ['-rename', /right to RENAME/],
    ['-time', /TIME/],
    ['-eval', /right to EVAL/],
    ['-evalsha', /right to EVAL/],
    ['-subscribe', /subscribe/],
    ['resetkeys ~session:* ~cart:*', /right to some keys: allow ~session:\* ~devices:\*/],
  ] as const) {
    test(`says in one sentence what a user lacks who has ${rule}`, async () => {
      await using redis = await startRedis();
      await using lacking = await openAs(redis, ...rule.split(' '));
      // The first run of a script is EVAL, and the next ones are EVALSHA.
      await refusal(lacking.store);
      assert.match((await refusal(lacking.store)) ?? 'ready', named);
    });
  }

  test('says what is missing in a Redis before 7', async () => {
    await using redis = await startRedis('--rename-command', 'PEXPIRETIME', '""');
    const store = await openOn(redis.url);
    assert.match((await refusal(store)) ?? 'ready', /too old for PEXPIRETIME.*Valkey 7 or later/);
    await store.close();
  });

  test('says no on a replica, on a full server, and with too few replicas', async () => {
    await using redis = await startRedis();
    await using shop = await openAs(redis);
    const { admin, store } = shop;

    await admin.config('SET', 'maxmemory', '1');
    assert.match((await refusal(store)) ?? 'ready', /full/);
    await admin.config('SET', 'maxmemory', '0');
    await admin.config('SET', 'min-replicas-to-write', '1');
    assert.match((await refusal(store)) ?? 'ready', /min-replicas-to-write/);
    await admin.config('SET', 'min-replicas-to-write', '0');
    assert.equal(await refusal(store), null);
    await admin.replicaof('127.0.0.1', 1);
    assert.match((await refusal(store)) ?? 'ready', /read-only replica/);
  });

  test('says no on a cluster as soon as one of its masters is gone, or hangs', async () => {
    await using cluster = await startRedisCluster();
    const store = await openOn(cluster.url);
    while ((await refusal(store)) !== null) await nextTurn();
    const [, , last] = cluster.servers;

    last!.pause();
    assert.notEqual(await refusal(store), null);
    last!.resume();
    while ((await refusal(store)) !== null) await nextTurn();

    await last!.kill();
    assert.notEqual(await refusal(store), null);
    await store.close();
  });

  test('leaves nothing behind', async () => {
    await using redis = await startRedis();
    await using shop = await openAs(redis);
    await shop.store.checkReadiness();
    assert.equal(await shop.admin.dbsize(), 0);
  });

  test('an eviction policy that eats carts is worth a word', async () => {
    await using redis = await startRedis('--maxmemory-policy', 'allkeys-lru');
    const store = await openOn(redis.url);
    assert.match((await store.readWarnings()).join(), /allkeys-lru.*noeviction/);
    await store.close();
  });
});

test('a change that is made is never denied because its event cannot be published', async () => {
  await using redis = await startRedis();
  await using mute = await openAs(redis, 'resetchannels');
  const owner: Owner = 'guest-without-channels';
  const cart = await mute.store.carts.change(owner, {
    id: newId(),
    kind: 'add',
    slug: 'a',
    quantity: 1,
  });
  assert.equal(cart.version, 1);
});

test('a user that lacks a right in the middle of a script leaves no half-made cart, and needs no restart', async () => {
  await using redis = await startRedis();
  await using lacking = await openAs(redis, '-pexpireat');
  const { store, admin } = lacking;
  const change = { id: newId(), kind: 'add', slug: 'a', quantity: 1 } as const;
  await store.checkReadiness().catch(() => {});
  await assert.rejects(store.carts.change('guest-x', change), { name: 'StoreUnavailable' });
  assert.equal(await admin.dbsize(), 0);

  for (const user of (await admin.call('ACL', 'USERS')) as string[]) {
    await admin.call('ACL', 'SETUSER', user, '+pexpireat');
  }
  let cart: Cart | undefined;
  while (!cart) {
    cart = await store.carts.change('guest-x', change).catch(() => undefined);
    await nextTurn();
  }
  assert.equal(cart.version, 1);
  assert.ok((await admin.pttl('cart:{guest-x}')) > 0);
});

test('a missing right is an outage and not a mistake of ours', async () => {
  await using redis = await startRedis();
  await using lacking = await openAs(redis, '-hset');
  const change = { id: newId(), kind: 'add', slug: 'a', quantity: 1 } as const;
  await assert.rejects(lacking.store.carts.change('guest-x', change), { name: 'StoreUnavailable' });
});

suite('readiness of the embedded store', () => {
  test('a check tells no other process of a change, and leaves nothing behind', async () => {
    await using backend = await openBackend('sqlite');
    const before = await backend.written();
    assert.equal(await refusal(backend.store), null);
    assert.equal(await backend.written(), before);
  });
});
