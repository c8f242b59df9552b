import { failureLimits, type Limits } from '../contract/limits.ts';
import type { BackendOptions } from '../backend.ts';
import type { RedisClient } from './transport/client.ts';
import { timeShift } from './transport/time-of-redis.ts';

/** Counters as Redis keys with an expiry. Each change is one script, so that two uses at once count as two. */
export function createRedisLimits(client: RedisClient, { clock }: BackendOptions): Limits {
  const { delays, together, mostOfOneSource, lifetime } = failureLimits;

  return {
    async use(name, limit, window) {
      const wait = await client.run(
        'limit-use',
        [`uses:{${name}}`],
        [timeShift(clock), limit, window],
      );
      return wait as number;
    },

    async clear(name) {
      await client.run('limit-clear', [`uses:{${name}}`], []);
    },

    async attempt(name, source) {
      const answer = await client.run('limit-attempt', failuresKeys(name, source), [
        timeShift(clock),
        lifetime,
        mostOfOneSource,
        delays.length,
        ...delays,
        ...together,
      ]);
      const [wait, failures] = answer as [number, number];
      return { wait, failures };
    },

    async forgive(name, source) {
      await client.run('limit-forgive', failuresKeys(name, source), []);
    },
  };
}

/** All keys of a name have the same hash tag, so that on a cluster one script can use them all. */
function failuresKeys(name: string, source: string | undefined): string[] {
  const all = `failures:{${name}}`;
  return source === undefined ? [all] : [`${all}:${source}`, all];
}
