import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Store } from '../../src/store/contract/store.ts';
import { startFakeSentinel } from '../support/fake-sentinel.ts';
import { startRedis } from '../support/redis-server.ts';
import { openOn } from './backends.ts';

test('a new master that is named just while the shop asks for the master is connected to', async (t) => {
  await using redis = await startRedis();
  await using sentinel = await startFakeSentinel(redis.port);
  await using store = await openOn(sentinel.url);
  await answers(store, t.signal);

  sentinel.tellWhenAsked();
  const admin = new Redis(redis.url);
  await admin.call('CLIENT', 'KILL', 'TYPE', 'normal');
  await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  admin.disconnect();
  await assert.rejects(store.ping());
  await answers(store, t.signal);
});

test('a Sentinel that is down is told to the log, and nothing is printed past it', async (t) => {
  const printed = t.mock.method(console, 'error', () => {});
  const errors: string[] = [];
  await using redis = await startRedis();
  await using sentinel = await startFakeSentinel(redis.port);
  const onError = ({ message }: Error) => void errors.push(message);
  await using store = await openOn(sentinel.url, { onError });
  await answers(store, t.signal);

  await sentinel.end();
  while (!/ECONNREFUSED/.test(errors.join())) await delay(5, null, { signal: t.signal });
  await store.ping();
  assert.equal(printed.mock.callCount(), 0);
});

/** Resolves when changes and events have a connection. */
async function answers(store: Store, signal: AbortSignal): Promise<void> {
  while (!store.measure().isListening || !(await store.ping().then(yes, no))) {
    await delay(5, null, { signal });
  }
}

const yes = () => true;
const no = () => false;
