import type { BackendOptions, LinkBackend } from '../backend.ts';
import type { RedisClient } from './transport/client.ts';

/** Links as Redis strings. */
export function createRedisLinkBackend(
  client: RedisClient,
  { clock }: Pick<BackendOptions, 'clock'>,
): LinkBackend {
  return {
    async write(key, sealed, lifetime) {
      await client.run('link-write', [key], [sealed, clock() + lifetime]);
    },
    read: (key) => client.run('link-read', [key], [clock()]) as Promise<Buffer | null>,
    removeAll: client.removeAll,
    take: (key) => client.run('link-take', [key], [clock()]) as Promise<Buffer | null>,
  };
}
