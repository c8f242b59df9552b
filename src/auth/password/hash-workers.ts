import { Piscina } from 'piscina';
import type { HashJob } from './hash-worker.ts';

/** How long a thread without work is kept, in milliseconds. */
const IDLE_TIMEOUT = 60_000;

/**
 * A pool of threads that hash. A thread starts when there is work for it.
 * @param maxThreads how many hash at the same time
 */
export function createHashWorkers(maxThreads: number) {
  const pool = new Piscina({
    filename: new URL('./hash-worker.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads,
    idleTimeout: IDLE_TIMEOUT,
    recordTiming: false,
  });

  return {
    /** @throws {Error} for a text that is not a hash, or when the thread dies */
    run: (job: HashJob): Promise<string | boolean> => pool.run(job),
    close: (): Promise<void> => pool.destroy(),
  };
}
