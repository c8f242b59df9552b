import type { BackendOptions, LinkBackend } from '../backend.ts';
import type { RedisClient } from './transport/client.ts';

/** Links as Redis strings. */
export function createRedisLinkBackend(
  client: RedisClient,
  { clock }: Pick<BackendOptions, 'clock'>,
): LinkBackend {
  return {
    async claim(key, sealed, lifetime) {
      const now = clock();
      return (await client.run('link-claim', [key], [now, sealed, now + lifetime])) === 1;
    },
    async write(key, sealed, lifetime) {
      await client.run('link-write', [key], [sealed, clock() + lifetime]);
    },
    read: (key) => client.run('link-read', [key], [clock()]) as Promise<Buffer | null>,
    take: (key) => client.run('link-take', [key], [clock()]) as Promise<Buffer | null>,
  };
}
