import { setImmediate as nextTurn } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startRedis, type RedisServer } from './redis-server.ts';

/**
 * Starts a cluster of one master, which has all slots.
 * @param settings how it names itself to clients
 */
export async function startClusterOfOne(...settings: string[]): Promise<RedisServer> {
  const server = await startRedis('--cluster-enabled', 'yes', ...settings);
  const client = new Redis(server.url);
  await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  while (!(await client.cluster('INFO')).includes('cluster_state:ok')) await nextTurn();
  client.disconnect();
  return server;
}
