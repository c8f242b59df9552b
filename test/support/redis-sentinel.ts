import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort, startRedis, type RedisServer } from './redis-server.ts';

export interface WatchedRedis extends AsyncDisposable {
  readonly url: string;
  readonly master: RedisServer;
  readonly replica: RedisServer;
  /** A planned failover: the replica becomes the master while the old master goes on answering. */
  failOver(): Promise<void>;
  /** Resolves when the replica has everything that was written. Replication is asynchronous. */
  replicated(): Promise<void>;
}

/**
 * Starts a master, a replica, and a sentinel that promotes the replica when the master dies.
 * @param password which the sentinel asks for
 * @param settings of the two servers
 */
export async function startRedisSentinel({
  password = '',
  settings = [],
}: { password?: string; settings?: string[] } = {}): Promise<WatchedRedis> {
  const master = await startRedis(...settings);
  const replica = await startRedis('--replicaof', '127.0.0.1', String(master.port), ...settings);
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'satchel-sentinel-'));
  const file = join(folder, 'sentinel.conf');
  await writeFile(
    file,
    `port ${port}
dir ${folder}
sentinel monitor mymaster 127.0.0.1 ${master.port} 1
sentinel down-after-milliseconds mymaster 500
sentinel failover-timeout mymaster 5000
${password && `requirepass "${password}"`}
`,
  );
  const sentinel = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
  // As of a server: a test that fails must not leave it behind.
  const killNow = () => sentinel.kill('SIGKILL');
  process.once('exit', killNow);
  await knowsReplica(port, password);

  return {
    url: `redis-sentinel://127.0.0.1:${port}/mymaster`,
    master,
    replica,
    async failOver() {
      const client = new Redis({ port, host: '127.0.0.1', password });
      // On a busy machine the Sentinel may take the replica for dead, and refuses until it has heard of it again.
      while (!(await client.call('SENTINEL', 'failover', 'mymaster').catch(() => null)));
      client.disconnect();
    },
    async replicated() {
      const client = new Redis(master.url);
      // WAIT counts only what this client wrote.
      await client.set('a write to wait for', '', 'PX', 60_000);
      while ((await client.wait(1, 1000)) < 1);
      client.disconnect();
    },
    async [Symbol.asyncDispose]() {
      const exited = once(sentinel, 'exit');
      killNow();
      await exited;
      process.off('exit', killNow);
      await master[Symbol.asyncDispose]();
      await replica[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** Before that, it has no replica to promote. */
async function knowsReplica(port: number, password: string): Promise<void> {
  const client = new Redis({ port, host: '127.0.0.1', password });
  // The sentinel may not listen yet. ioredis tries again.
  client.on('error', () => {});
  let known: unknown[] = [];
  while (known.length === 0)
    known = (await client.call('SENTINEL', 'replicas', 'mymaster')) as unknown[];
  client.disconnect();
}
