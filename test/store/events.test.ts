import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { once, EventEmitter } from 'node:events';
import { test } from 'node:test';
import type { OwnerEvent } from '../../src/store/contract/events.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { hashSessionId } from '../../src/store/sealing/sealed-sessions.ts';
import { Cluster, type Redis } from 'ioredis';
import { backends, openBackend } from './backends.ts';

/** Collects what is told, and waits for it. */
async function watch(store: Store, owner: `user-${string}`) {
  const told = new EventEmitter();
  const seen: OwnerEvent[] = [];
  const stop = await store.events.watch(owner, (event) => {
    seen.push(event);
    told.emit('event');
  });
  return {
    seen,
    stop,
    async until(isIt: (event: OwnerEvent) => boolean): Promise<OwnerEvent> {
      for (;;) {
        const found = seen.find(isIt);
        if (found) return found;
        await once(told, 'event', { signal: AbortSignal.timeout(10_000) });
      }
    },
  };
}

for (const name of backends) {
  test(`events in ${name}`, async (t) => {
    await using backend = await openBackend(name);
    const other = await backend.openAnother();
    const add = (store: Store, owner: `user-${string}`) =>
      store.carts.change(owner, { id: randomUUID(), kind: 'add', slug: 'a', quantity: 1 });

    await t.test(
      'who watches an owner hears of each change, from this process and another',
      async () => {
        const owner = `user-${randomUUID()}` as const;
        const here = await watch(backend.store, owner);
        const there = await watch(other, owner);
        // Subscribing takes a moment on Redis: change until both have heard.
        let version = 0;
        while (here.seen.length === 0 || there.seen.length === 0) {
          ({ version } = await add(backend.store, owner));
          await new Promise(setImmediate);
        }
        await here.until((event) => event.kind === 'cart' && event.version === version);
        await there.until(
          (event) =>
            event.kind === 'missed' || (event.kind === 'cart' && event.version === version),
        );
        here.stop();
        there.stop();
      },
    );

    await t.test(
      'a session that ends is told to its owner’s watchers, by its hashed id',
      async () => {
        const owner = `user-${randomUUID()}` as const;
        const id = randomBytes(32).toString('base64url');
        await backend.store.sessions.create(id, { owner });
        const here = await watch(backend.store, owner);
        while (here.seen.length === 0) {
          await add(backend.store, owner);
          await new Promise(setImmediate);
        }
        await backend.store.sessions.destroy(id);
        const ended = await here.until(({ kind }) => kind === 'ended');
        assert.deepEqual(ended, { kind: 'ended', session: hashSessionId(id) });
        here.stop();
      },
    );

    await t.test('nobody hears of another owner, nor after stopping', async () => {
      const owner = `user-${randomUUID()}` as const;
      const stranger = await watch(backend.store, `user-${randomUUID()}`);
      const here = await watch(backend.store, owner);
      const stopped = await watch(backend.store, owner);
      stopped.stop();
      const before = stopped.seen.length;
      const { version } = await add(backend.store, owner);
      await here.until((event) => event.kind === 'cart' && event.version === version);
      assert.equal(stopped.seen.length, before);
      assert.deepEqual(stranger.seen, []);
      here.stop();
      stranger.stop();
    });

    if (!backend.raw) return;

    await t.test('who could not listen for a while is told, and listens again', async () => {
      const owner = `user-${randomUUID()}` as const;
      const here = await watch(backend.store, owner);
      const servers = backend.raw instanceof Cluster ? backend.raw.nodes('master') : [backend.raw!];
      await Promise.all(servers.map(hangUpOnListeners));
      await here.until(({ kind }) => kind === 'missed');
      const { version } = await add(other, owner);
      await here.until((event) => event.kind === 'cart' && event.version === version);
      here.stop();
    });

    if (!(backend.raw instanceof Cluster)) return;

    const cluster = backend.raw;
    await t.test('on a cluster, another server is listened to when one is lost', async () => {
      const here = await watch(backend.store, `user-${randomUUID()}`);
      for (const server of cluster.nodes('master')) {
        if (await hasListeners(server)) await server.shutdown('NOSAVE').catch(() => {});
      }
      await here.until(({ kind }) => kind === 'missed');
      here.stop();
    });
  });
}

const hangUpOnListeners = (server: Redis) => server.call('CLIENT', 'KILL', 'TYPE', 'pubsub');

async function hasListeners(server: Redis): Promise<boolean> {
  return (await server.call('CLIENT', 'LIST', 'TYPE', 'pubsub')) !== '';
}
