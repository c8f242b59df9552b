import type { Clock } from '../../contract/lifetimes.ts';

/**
 * Returns by how much a test has moved the time, in milliseconds. In production the clock is `Date.now`, and this is 0.
 */
export function timeShift(clock: Clock): number {
  return Math.round(clock() - Date.now());
}

/**
 * What time it is in Redis. The clocks of several processes may differ, and Redis decides what has expired. Between two
 * comparisons the time is counted by a timer that no change of the clock moves.
 */
export function createTimeOfRedis() {
  let compared: { time: number; at: number } | undefined;

  const now = () => (compared ? compared.time + performance.now() - compared.at : Date.now());

  return {
    /** In milliseconds since the epoch. Before the first comparison it is the time of this process. */
    now,

    /** By how much the clock of Redis is ahead of ours, in milliseconds. */
    skew: () => now() - Date.now(),

    /** Compares both clocks. @param ask sends TIME, which answers seconds and microseconds */
    async compare(ask: () => Promise<[string | number, string | number]>): Promise<void> {
      const sent = performance.now();
      const [seconds, microseconds] = await ask();
      const arrived = performance.now();
      const time = Number(seconds) * 1000 + Number(microseconds) / 1000;
      compared = { time, at: (sent + arrived) / 2 };
    },
  };
}
