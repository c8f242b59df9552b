import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { startClusterOfOne } from '../support/redis-cluster-of-one.ts';
import { startRedis } from '../support/redis-server.ts';
import { openOn } from './backends.ts';

test('a cluster is found at an IPv6 address', async () => {
  await using cluster = await startClusterOfOne('--cluster-announce-ip', '::1');
  const store = await openOn(`redis-cluster://[::1]:${cluster.port}`);
  await store.checkReadiness();
  await store.close();
});

test('a server is found at an IPv6 address', async () => {
  await using redis = await startRedis();
  const store = await openOn(`redis://[::1]:${redis.port}`);
  await store.checkReadiness();
  await store.close();
});

test('the log says once why a cluster cannot be reached', async () => {
  await using cluster = await startClusterOfOne();
  const admin = new Redis(cluster.url);
  await admin.config('SET', 'requirepass', 'secret');
  admin.disconnect();
  const errors: string[] = [];
  const store = await openOn(`redis-cluster://:wrong@127.0.0.1:${cluster.port}`, {
    onError: ({ message }) => void errors.push(message),
  });
  assert.equal(errors.filter((message) => message.includes('WRONGPASS')).length, 1);
  await store.close();
});
