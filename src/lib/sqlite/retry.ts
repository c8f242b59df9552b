import { setTimeout as delay } from 'node:timers/promises';
import { isBusy } from './error-codes.ts';

/** How long work waits while another process writes to the file, in milliseconds. */
export const BUSY_TIMEOUT = 800;
/** The longest time between two tries, in milliseconds. */
const LONGEST_PAUSE = 50;

/**
 * Does work on a SQLite file. While another process writes, the work is tried again. SQLite could wait by itself, but
 * then the whole process would wait: every visitor, and not only this one.
 * @param work fails as a whole when the file is busy: it is one statement or one transaction
 * @throws {SqliteError} SQLITE_BUSY after `BUSY_TIMEOUT`
 */
export async function retryWhileBusy<T>(work: () => T): Promise<T> {
  const deadline = performance.now() + BUSY_TIMEOUT;
  for (let pause = 1; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() + pause > deadline) throw error;
    }
    await delay(pause);
  }
}
