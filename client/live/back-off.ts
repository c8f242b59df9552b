/** In milliseconds. */
const FIRST_PAUSE = 1000;

/**
 * Pauses between retries. Each is twice as long as the one before, and shortened at random, so that not all browsers
 * retry at the same moment.
 * @param longest in milliseconds
 */
export function createBackOff(longest: number) {
  let pause = FIRST_PAUSE;
  return {
    /** @returns how long to wait before the next retry, in milliseconds */
    next(): number {
      pause = Math.min(pause * 2, longest);
      return pause * (0.5 + Math.random() / 2);
    },
    reset(): void {
      pause = FIRST_PAUSE;
    },
  };
}
