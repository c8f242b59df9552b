import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { suite, test } from 'node:test';
import { Redis } from 'ioredis';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/settings/config.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startRedis } from '../support/redis-server.ts';
import { SECRET } from '../support/shop.ts';

/** Starts the shop, and returns what it has logged by then. */
async function start(redisUrl: string) {
  const folder = await temporaryFolder();
  const logged: string[] = [];
  const stream = new Writable({
    write(line, _encoding, done) {
      logged.push((JSON.parse(String(line)) as { msg: string }).msg);
      done();
    },
  });
  const config = readConfig({
    SECRET_KEY: SECRET,
    DATA_DIR: folder.file('data'),
    REDIS_URL: redisUrl,
  });
  const app = await createApp(config, { logger: { level: 'warn', stream } });
  return {
    app,
    logged,
    async [Symbol.asyncDispose]() {
      await app.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

suite('a start', () => {
  test('on a Redis whose user lacks a right says which, and is not ready', async () => {
    await using redis = await startRedis();
    const admin = new Redis(redis.url);
    await admin.call('ACL', 'SETUSER', 'app', 'on', '>password', '~*', 'resetchannels', '+@all');
    admin.disconnect();
    await using shop = await start(`redis://app:password@127.0.0.1:${redis.port}`);

    assert.match(
      shop.logged.join('\n'),
      /starting without the store: .*subscribe|right to PUBLISH/,
    );
    const { statusCode, body } = await shop.app.inject('/readyz');
    assert.deepEqual([statusCode, body], [503, 'unavailable\n']);
    assert.equal((await shop.app.inject('/livez')).statusCode, 200);
    assert.equal((await shop.app.inject('/shop')).statusCode, 200);
  });

  test('on a Redis that evicts keys warns, and is ready', async () => {
    await using redis = await startRedis('--maxmemory-policy', 'volatile-ttl');
    await using shop = await start(redis.url);

    assert.match(shop.logged.join('\n'), /maxmemory-policy volatile-ttl/);
    assert.equal((await shop.app.inject('/readyz')).statusCode, 200);
  });

  test('on a healthy Redis logs nothing, and its metrics say that it listens', async () => {
    await using redis = await startRedis();
    await using shop = await start(redis.url);

    assert.deepEqual(shop.logged, []);
    const { body } = await shop.app.inject('/metrics');
    assert.match(body, /^store_events_listening 1$/m);
    assert.match(body, /^store_events_losses 0$/m);
    const [, skew] = /^store_clock_skew_seconds (\S+)$/m.exec(body) ?? [];
    assert.ok(Math.abs(Number(skew)) < 1, skew);
  });
});
