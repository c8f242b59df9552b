import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Cluster } from 'ioredis';
import { startRedis, type RedisServer } from './redis-server.ts';

export interface RedisCluster extends AsyncDisposable {
  readonly url: string;
  readonly servers: RedisServer[];
}

/** Starts three real masters with these settings. Each has a third of the slots. */
export async function startRedisCluster(...more: string[]): Promise<RedisCluster> {
  const settings = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', ...more];
  const servers = await Promise.all([1, 2, 3].map(() => startRedis(...settings)));
  const hosts = servers.map(({ port }) => `127.0.0.1:${port}`);
  await promisify(execFile)('redis-cli', ['--cluster', 'create', ...hosts, '--cluster-yes']);
  await everyoneKnows(hosts.length, servers);
  return {
    url: `redis-cluster://${hosts.join(',')}`,
    servers,
    async [Symbol.asyncDispose]() {
      for (const server of servers) await server[Symbol.asyncDispose]();
    },
  };
}

/** redis-cli ends when one node knows the cluster. The other nodes may need a moment longer. */
async function everyoneKnows(masters: number, servers: RedisServer[]): Promise<void> {
  for (const { port } of servers) {
    const cluster = new Cluster([{ host: '127.0.0.1', port }]);
    while (cluster.status !== 'ready' || cluster.nodes('master').length < masters) {
      await new Promise((resolve) => cluster.once('+node', resolve).once('ready', resolve));
    }
    cluster.disconnect();
  }
}
