import type { HomeOptions, LinkRecords } from '../records.ts';
import type { RedisClient } from './client.ts';

/** Links as Redis strings. */
export function createRedisLinkRecords(
  client: RedisClient,
  { clock }: Pick<HomeOptions, 'clock'>,
): LinkRecords {
  return {
    async write(key, sealed, lifetime) {
      await client.run('link-write', [key], [sealed, clock() + lifetime]);
    },
    read: (key) => client.run('link-read', [key], [clock()]) as Promise<Buffer | null>,
    take: (key) => client.run('link-take', [key], [clock()]) as Promise<Buffer | null>,
  };
}
