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
  /** Resolves when the replica has everything that was written. Replication is asynchronous. */
  replicated(): Promise<void>;
}

/** Starts a master, a replica, and a sentinel that promotes the replica when the master dies. */
export async function startRedisSentinel(): Promise<WatchedRedis> {
  const master = await startRedis();
  const replica = await startRedis('--replicaof', '127.0.0.1', String(master.port));
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
`,
  );
  const sentinel = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
  await knowsReplica(port);

  return {
    url: `redis-sentinel://127.0.0.1:${port}/mymaster`,
    master,
    async replicated() {
      const client = new Redis(master.url);
      // WAIT counts only what this client wrote.
      await client.set('a write to wait for', '', 'PX', 60_000);
      while ((await client.wait(1, 1000)) < 1);
      client.disconnect();
    },
    async [Symbol.asyncDispose]() {
      const exited = once(sentinel, 'exit');
      sentinel.kill('SIGKILL');
      await exited;
      await master[Symbol.asyncDispose]();
      await replica[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** Before that, it has no replica to promote. */
async function knowsReplica(port: number): Promise<void> {
  const client = new Redis({ port, host: '127.0.0.1' });
  // The sentinel may not listen yet. ioredis tries again.
  client.on('error', () => {});
  let known: unknown[] = [];
  while (known.length === 0)
    known = (await client.call('SENTINEL', 'replicas', 'mymaster')) as unknown[];
  client.disconnect();
}
