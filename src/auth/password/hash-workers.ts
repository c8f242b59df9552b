import { Piscina } from 'piscina';
import type { HashJob } from './hash-worker.ts';

/** How long a thread without work is kept, in milliseconds. */
const IDLE_TIMEOUT = 60_000;

/**
 * Creates a pool of threads that hash passwords. A thread starts when there is work for it.
 * @param maxThreads the largest number of threads
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
