/** For speed only: without this file the shop is the same and slower. */
import type { Database } from '../open.ts';

/** Time between two checks whether another process has written, in milliseconds. */
const CHECK_INTERVAL = 1000;

export interface Snapshot<T> {
  /** Returns the value. After another process has written, it may be up to a second old. */
  get(): T;
  /**
   * Makes the next `get` read again. Call it after a write of this process, which does not change SQLite's data
   * version.
   */
  invalidate(): void;
}

/**
 * Caches what `read` returns until the database changes. Without it, a page runs many statements, and
 * each statement takes a lock. Reading a table once, and cookie-signer.ts, took a page from 525 to 201
 * microseconds (docs/performance.md).
 */
export function createSnapshot<T>(database: Database, read: () => T): Snapshot<T> {
  const dataVersion = database.$client.prepare('PRAGMA data_version').pluck();
  let cached: { value: T; version: unknown; checkedAt: number } | null = null;

  return {
    get() {
      const now = Date.now();
      if (cached && now - cached.checkedAt < CHECK_INTERVAL) return cached.value;
      const version = dataVersion.get();
      const value = cached && cached.version === version ? cached.value : read();
      cached = { value, version, checkedAt: now };
      return value;
    },
    invalidate() {
      cached = null;
    },
  };
}
