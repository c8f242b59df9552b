import type { RedisClient } from './transport/client.ts';

/** A larger difference between the clocks is worth a word, in milliseconds. */
const LARGE_SKEW = 1000;

/** Returns a sentence for each thing that works, but that the operator should know. @throws {StoreUnavailable} */
export async function readWarnings(client: RedisClient): Promise<string[]> {
  const warnings: string[] = [];
  const policy = /maxmemory_policy:(\S+)/.exec(await client.memoryInfo())?.[1];
  if (policy && policy !== 'noeviction') {
    warnings.push(
      `Redis has maxmemory-policy ${policy}: when it is full, it deletes what people have stored. Set it to noeviction.`,
    );
  }
  const skew = client.time.skew();
  if (Math.abs(skew) > LARGE_SKEW) {
    const direction = skew > 0 ? 'ahead of' : 'behind';
    warnings.push(
      `The clock of Redis is ${Math.abs(skew / 1000).toFixed(1)} seconds ${direction} the clock of this process. Lifetimes follow Redis.`,
    );
  }
  return warnings;
}
