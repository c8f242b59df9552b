import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { makeFilePrivate } from '../../lib/private-files.ts';
import { StoreUnavailable } from '../contract/errors.ts';
import type { StoreEvents } from '../contract/store.ts';
import { migrate } from './migrate.ts';

/** How long a command waits while another process writes, in milliseconds. */
export const BUSY_TIMEOUT = 800;

export interface SqliteClient {
  readonly database: Database.Database;
  /**
   * Runs one unit of work, which counts as one round trip.
   * @param name the name of the script that does the same in Redis
   * @throws {StoreUnavailable} the disk is full, the file is damaged, or it was locked for longer than `BUSY_TIMEOUT`
   */
  run<T>(name: string, work: () => T): Promise<T>;
  /** Does the same in one transaction: all writes of `work` take effect, or none. */
  transact<T>(name: string, work: () => T): Promise<T>;
  close(): void;
}

/**
 * Opens the file. A missing file is created, with its folder and its tables.
 * @throws {StartProblem} when a newer release has written it
 * @throws {SqliteError} when it is not a database, or when it is locked for longer than `BUSY_TIMEOUT`
 */
export function openSqlite(file: string, onRoundTrip: StoreEvents['onRoundTrip']): SqliteClient {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const database = new Database(file, { timeout: BUSY_TIMEOUT });
  // Before the journal is made: SQLite gives it the mode of the database.
  makeFilePrivate(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  // Overwrites deleted rows with zeros, so that nothing of an ended session is left in the file.
  database.pragma('secure_delete = ON');
  migrate(database, file);

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
