import { TimedOut } from './deadline.ts';

/** So many questions in a row that heard nothing, and the next ones are not asked. */
export const MOST_SILENCES = 5;
/** How often one of them is asked all the same, to see whether the server is back. In milliseconds. */
export const TRIAL_EVERY = 1000;

/**
 * A circuit breaker (Nygard, Release It!): while a server hangs, everybody would wait half a second for the same
 * silence, so but for one trial a second they hear of it at once. A lost connection needs none: it fails at once by itself.
 * @param onOpen told of it each time that the server has begun to hang
 */
export function createBreaker(onOpen: (error: Error) => void) {
  let silences = 0;
  let nextTrial = 0;

  return async function unlessBroken<T>(ask: () => Promise<T>): Promise<T> {
    const now = performance.now();
    if (silences >= MOST_SILENCES) {
      if (now < nextTrial) throw new Error('Redis hangs, and was not asked');
      nextTrial = now + TRIAL_EVERY;
    }
    try {
      const answer = await ask();
      silences = 0;
      return answer;
    } catch (error) {
      // Whoever answers, with whatever, does not hang.
      silences = error instanceof TimedOut ? silences + 1 : 0;
      if (silences === MOST_SILENCES) onOpen(new Error('Redis hangs; it is asked once a second.'));
      throw error;
    }
  };
}
