import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { keepJournal } from '../store/journal.ts';
import { openOn } from '../store/backends.ts';
import '../support/in-memory.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { startRedisSentinel } from '../support/redis-sentinel.ts';

suite('failovers that take long', () => {
  test('with min-replicas-to-write, a planned failover loses nothing that was acknowledged', async () => {
    const settings = ['--min-replicas-to-write', '1', '--repl-diskless-sync-delay', '0'];
    await using watched = await startRedisSentinel({ settings });
    await watched.replicated();
    const store = await openOn(watched.url);
    await using journal = keepJournal(store);
    await journal.more(200);
    await watched.failOver();
    const client = new Redis(watched.replica.url);
    while (((await client.role()) as unknown as string[])[0] !== 'master') await nextTurn();
    client.disconnect();
    await journal.more(500);

    assert.deepEqual(await journal.lost(), []);
    await store.close();
  });

  test('a master of a cluster that hangs for half a minute: the others serve, and nothing is lost', async () => {
    await using cluster = await startRedisCluster('--cluster-require-full-coverage', 'no');
    const store = await openOn(cluster.url);
    await using journal = keepJournal(store);
    await journal.more(100);
    const [hung] = cluster.servers;

    hung!.pause();
    const until = performance.now() + 30_000;
    while (performance.now() < until) await journal.more(10);
    hung!.resume();
    while (
      !(await store.checkReadiness().then(
        () => true,
        () => false,
      ))
    )
      await nextTurn();
    await journal.more(100);

    assert.deepEqual(await journal.lost(), []);
    await store.close();
  });
});
