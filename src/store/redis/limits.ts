import { failureLimits, type Limits } from '../contract/limits.ts';
import type { BackendOptions } from '../backend.ts';
import type { RedisClient } from './transport/client.ts';
import { timeShift } from './transport/time-of-redis.ts';

/** Counters as Redis keys with an expiry. Each change is one script, so that two uses at once count as two. */
export function createRedisLimits(client: RedisClient, { clock }: BackendOptions): Limits {
  const { delays, lifetime } = failureLimits;
  const failuresKey = (name: string) => `failures:{${name}}`;

  return {
    async use(name, limit, window) {
      const wait = await client.run(
        'limit-use',
        [`uses:{${name}}`],
        [timeShift(clock), limit, window],
      );
      return wait as number;
    },

    async attempt(name) {
      const key = failuresKey(name);
      const answer = await client.run(
        'limit-attempt',
        [key],
        [timeShift(clock), lifetime, ...delays],
      );
      const [wait, failures] = answer as [number, number];
      return { wait, failures };
    },

    async forgive(name) {
      await client.run('limit-forgive', [failuresKey(name)], []);
    },
  };
}
