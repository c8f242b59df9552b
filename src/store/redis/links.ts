import type { BackendOptions, LinkBackend } from '../backend.ts';
import type { RedisClient } from './transport/client.ts';
import { timeShift } from './transport/time-of-redis.ts';

/** Links as Redis strings. */
export function createRedisLinkBackend(
  client: RedisClient,
  { clock }: Pick<BackendOptions, 'clock'>,
): LinkBackend {
  return {
    async claim(key, sealed, lifetime) {
      const args = [timeShift(clock), sealed, lifetime];
      return (await client.run('link-claim', [key], args)) === 1;
    },
    async write(key, sealed, lifetime) {
      await client.run('link-write', [key], [timeShift(clock), sealed, lifetime]);
    },
    read: (key) => client.run('link-read', [key], [timeShift(clock)]) as Promise<Buffer | null>,
    removeAll: client.removeAll,
    take: (key) => client.run('link-take', [key], [timeShift(clock)]) as Promise<Buffer | null>,
  };
}
