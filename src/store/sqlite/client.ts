import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { StoreUnavailable } from '../contract/errors.ts';
import type { StoreEvents } from '../contract/store.ts';

/** Another process may be writing; better wait this long than answer an error. In milliseconds. */
export const BUSY_TIMEOUT = 800;

export interface SqliteClient {
  readonly database: Database.Database;
  /**
   * Runs one unit of work, which counts as a round trip. Its name is that of the script that does it in Redis.
   * @throws {StoreUnavailable} disk full, locked for too long, or broken
   */
  run<T>(name: string, work: () => T): Promise<T>;
  /** As `run`, with all writes of `work` taking effect together or not at all. */
  transact<T>(name: string, work: () => T): Promise<T>;
  close(): void;
}

/**
 * Opens the file, which is made with its folder and tables where it is missing.
 * @throws {SqliteError} where it is no database, or locked for longer than BUSY_TIMEOUT
 */
export function openSqlite(file: string, onRoundTrip: StoreEvents['onRoundTrip']): SqliteClient {
  mkdirSync(dirname(file), { recursive: true });
  const database = new Database(file, { timeout: BUSY_TIMEOUT });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  // Overwrites what is deleted: a session that ended leaves no bytes behind.
  database.pragma('secure_delete = ON');
  database.exec(readFileSync(new URL('schema.sql', import.meta.url), 'utf8'));

  function run<T>(name: string, work: () => T): Promise<T> {
    const start = performance.now();
    let answered = false;
    try {
      const answer = work();
      answered = true;
      return Promise.resolve(answer);
    } catch (error) {
      return Promise.reject(
        error instanceof Database.SqliteError ? new StoreUnavailable(error) : error,
      );
    } finally {
      onRoundTrip({ command: name, milliseconds: performance.now() - start, answered });
    }
  }

  return {
    database,
    run,
    transact: (name, work) => run(name, () => database.transaction(work).immediate()),
    close: () => void database.close(),
  };
}
