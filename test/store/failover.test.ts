import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { suite, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { OwnerEvent } from '../../src/store/contract/events.ts';
import type { Owner } from '../../src/store/contract/owner.ts';
import '../support/in-memory.ts';
import { startRedis } from '../support/redis-server.ts';
import { startRedisSentinel } from '../support/redis-sentinel.ts';
import { openSeveredLine } from '../support/severed-line.ts';
import { openOn } from './backends.ts';
import { keepJournal } from './journal.ts';

/** Of docs/operations.md: how much a failover may lose, and how long it takes until changes work again. */
const WINDOW = 5000;

const newChange = () => ({ id: randomUUID(), kind: 'add', slug: 'a', quantity: 1 }) as const;

test('an address that moves to a new primary: the old one is left, and its events too', async () => {
  await using old = await startRedis();
  await using young = await startRedis('--replicaof', '127.0.0.1', String(old.port));
  await using line = await openSeveredLine(old.port);
  await using store = await openOn(`redis://127.0.0.1:${line.port}`);
  const owner: Owner = 'user-of-a-moved-address';
  const seen: OwnerEvent[] = [];
  const stop = await store.events.watch(owner, (event) => void seen.push(event));
  await store.carts.change(owner, newChange());
  while (seen.length === 0) await nextTurn();

  // As an operator does it: promote, let the address point there, demote. The old one keeps its clients.
  const [first, second] = [new Redis(old.url), new Redis(young.url)];
  await first.set('written', 1, 'PX', 60_000);
  await first.wait(1, 5000);
  await second.replicaof('NO', 'ONE');
  line.target = young.port;
  await first.replicaof('127.0.0.1', 1);

  const deadline = performance.now() + WINDOW;
  while (
    await store.carts.change(owner, newChange()).then(
      () => false,
      () => true,
    )
  ) {
    assert.ok(performance.now() < deadline, 'changes work again');
    await nextTurn();
  }
  assert.equal(await second.exists(`cart:{${owner}}`), 1, 'the change is in the new primary');
  // The subscription is on a server that hears nothing of the new primary.
  while (!seen.some(({ kind }) => kind === 'missed')) await nextTurn();
  const { version } = await store.carts.change(owner, newChange());
  while (!seen.some((event) => event.kind === 'cart' && event.version === version))
    await nextTurn();

  stop();
  for (const client of [first, second]) client.disconnect();
});

suite('Redis Sentinel', () => {
  test('a planned failover under load: changes work again soon, and what is lost is what Redis loses', async () => {
    await using watched = await startRedisSentinel();
    await watched.replicated();
    await using store = await openOn(watched.url);
    await using journal = keepJournal(store);
    await journal.more(200);

    const began = performance.now();
    await watched.failOver();
    await isMaster(watched.replica.url);
    await grows(watched.replica.url);
    const moved = performance.now() - began;
    assert.ok(moved < WINDOW, `changes went to the new master after ${moved} ms`);
    await journal.more(200);
    const lost = await journal.lost();
    assert.ok(
      lost.every((at) => at > began && at < began + WINDOW),
      'only changes that the old master took during the failover may be lost',
    );
  });

  test('a master that hangs is replaced, and comes back as a replica without harm', async () => {
    await using watched = await startRedisSentinel();
    await using store = await openOn(watched.url);
    await using journal = keepJournal(store);
    await journal.more(100);
    await watched.replicated();

    const began = performance.now();
    watched.master.pause();
    await isMaster(watched.replica.url);
    await journal.more(100);
    assert.ok(performance.now() - began < 3 * WINDOW, 'without a restart');
    watched.master.resume();
    await journal.more(100);

    const lost = await journal.lost();
    assert.ok(
      lost.every((at) => at > began - 1000),
      'only what was not replicated yet',
    );
  });

  test('Sentinels that ask for a password of their own are asked with it', async () => {
    await using watched = await startRedisSentinel({ password: 'sentinels only' });
    const errors: string[] = [];
    const onError = ({ message }: Error) => void errors.push(message);
    await using without = await openOn(watched.url, { onError });
    assert.equal(without.measure().isListening, false);
    assert.match(errors.join(), /NOAUTH/, 'the log says why it cannot connect');

    await using store = await openOn(watched.url, {}, { password: 'sentinels only' });
    await store.ping();
  });
});

/** Resolves when the server gets new keys. */
async function grows(url: string): Promise<void> {
  const client = new Redis(url);
  const before = await client.dbsize();
  while ((await client.dbsize()) <= before) await nextTurn();
  client.disconnect();
}

/** Resolves when Sentinel has made it the master. */
async function isMaster(url: string): Promise<void> {
  const client = new Redis(url);
  while (((await client.role()) as unknown as string[])[0] !== 'master') await nextTurn();
  client.disconnect();
}
