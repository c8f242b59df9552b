import { StoreUnavailable } from '../../contract/errors.ts';
import type { RedisClient } from '../transport/client.ts';
import { Unfit } from './explain.ts';

/** While Redis is unfit, it is checked again at most this often, in milliseconds. */
const PAUSE = 1000;

/**
 * Guards a client: while Redis is unfit, no script runs, so that none is stopped in the middle.
 * @param check throws StoreUnavailable; its cause is `Unfit` when scripts would be stopped
 */
export function guard(client: RedisClient, check: () => Promise<void>) {
  let fault: Unfit | null = null;
  let nextCheck = 0;

  async function checkReadiness(): Promise<void> {
    nextCheck = performance.now() + PAUSE;
    try {
      await check();
      fault = null;
    } catch (error) {
      const { cause } = error as Error;
      fault = cause instanceof Unfit ? cause : null;
      throw error;
    }
  }

  async function unlessUnfit<T>(ask: () => Promise<T>): Promise<T> {
    if (performance.now() >= nextCheck) await checkReadiness().catch(() => {});
    if (fault) throw new StoreUnavailable(fault);
    return ask();
  }

  const guarded: RedisClient = {
    ...client,
    run: (...question) =>
      fault ? unlessUnfit(() => client.run(...question)) : client.run(...question),
    batched(...script) {
      const ask = client.batched(...script);
      return (...question) => (fault ? unlessUnfit(() => ask(...question)) : ask(...question));
    },
  };
  return { client: guarded, checkReadiness };
}
