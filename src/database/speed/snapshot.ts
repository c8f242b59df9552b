import type { Database } from '../open.ts';

/** How often to look whether another process has written, in milliseconds. */
const LOOK_EVERY = 1000;

export interface Snapshot<T> {
  /** As it is now, or was a second ago where another process has written since. */
  get(): T;
  /** Reads anew next time: of our own writes SQLite's data version says nothing. */
  forget(): void;
}

/** Keeps what was read until the database changes: every statement costs a lock, and some are run twenty times a page. */
export function createSnapshot<T>(database: Database, read: () => T): Snapshot<T> {
  const dataVersion = database.$client.prepare('PRAGMA data_version').pluck();
  let kept: { value: T; version: unknown; lookedAt: number } | null = null;

  return {
    get() {
      const now = Date.now();
      if (kept && now - kept.lookedAt < LOOK_EVERY) return kept.value;
      const version = dataVersion.get();
      const value = kept && kept.version === version ? kept.value : read();
      kept = { value, version, lookedAt: now };
      return value;
    },
    forget() {
      kept = null;
    },
  };
}
