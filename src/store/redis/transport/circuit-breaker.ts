import { TimedOut } from './timeout.ts';

/** The breaker opens after this many timeouts in a row. */
export const TIMEOUTS_TO_OPEN = 5;
/** While the breaker is open, one question is sent in this time, in milliseconds. */
export const TRIAL_INTERVAL = 1000;

/**
 * A circuit breaker (Nygard, Release It!). Without it, every request to a server that hangs would wait for its timeout.
 * While the breaker is open, one question a second is sent; the others fail at once. Any answer closes it, also an
 * error. A lost connection needs no breaker, because its commands fail at once.
 * @param onOpen called each time the breaker opens
 */
export function createCircuitBreaker(onOpen: (error: Error) => void) {
  let timeouts = 0;
  let nextTrial = 0;

  /** @throws {Error} when the breaker is open; and whatever `ask` throws */
  return async function askThroughBreaker<T>(ask: () => Promise<T>): Promise<T> {
    const now = performance.now();
    if (timeouts >= TIMEOUTS_TO_OPEN) {
      if (now < nextTrial) throw new Error('Redis hangs: the circuit breaker is open.');
      nextTrial = now + TRIAL_INTERVAL;
    }
    try {
      const answer = await ask();
      timeouts = 0;
      return answer;
    } catch (error) {
      timeouts = error instanceof TimedOut ? timeouts + 1 : 0;
      if (timeouts === TIMEOUTS_TO_OPEN) {
        onOpen(new Error('Redis hangs: the circuit breaker has opened.'));
      }
      throw error;
    }
  };
}
