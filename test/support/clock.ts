import type { Clock } from '../../src/store/contract/lifetimes.ts';

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

export type TestClock = Clock & { advance(milliseconds: number): void };

/** Returns the real time, plus the time by which a test has advanced it. */
export function createClock(): TestClock {
  let passed = 0;
  return Object.assign(() => Date.now() + passed, {
    advance(milliseconds: number) {
      passed += milliseconds;
    },
  });
}
