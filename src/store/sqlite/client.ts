import Database from 'better-sqlite3';
import { BrokenFile } from '../../lib/data-unavailable.ts';
import { openSqliteFile } from '../../lib/sqlite/open-file.ts';
import { retryWhileBusy } from '../../lib/sqlite/retry.ts';
import { StoreUnavailable } from '../contract/errors.ts';
import type { StoreEvents } from '../contract/store.ts';
import { migrate, refuseNewer } from './migrate.ts';

export interface SqliteClient {
  readonly database: Database.Database;
  /**
   * Runs one unit of work, which counts as one round trip. While another process writes, it waits.
   * @param name the name of the script that does the same in Redis
   * @throws {StoreUnavailable} the disk is full, the file is damaged or gone, or it was locked for too long
   */
  run<T>(name: string, work: () => T): Promise<T>;
  /** Does the same in one transaction: all writes of `work` take effect, or none. */
  transact<T>(name: string, work: () => T): Promise<T>;
  /** @throws {StoreUnavailable} the file is damaged or gone */
  ping(): Promise<void>;
  close(): void;
}

type ClientEvents = Pick<StoreEvents, 'onRoundTrip' | 'onError'>;

/**
 * Opens the file. A missing file is created, with its folder and its tables.
 * @throws {StartProblem} when it is damaged or locked, or a newer release has written it
 * @throws {SqliteError} when it may not be read or written
 */
export function openSqlite(file: string, { onRoundTrip, onError }: ClientEvents): SqliteClient {
  const tables = { refuse: (database: Database.Database) => refuseNewer(database, file), migrate };
  const opened = openSqliteFile(file, tables, onError);
  const database = opened.connection;
  // Overwrites deleted rows with zeros, so that nothing of an ended session is left in the file.
  database.pragma('secure_delete = ON');
  const one = database.prepare('SELECT 1');

  async function timed<T>(name: string, command: () => Promise<T>): Promise<T> {
    const start = performance.now();
    let answered = false;
    try {
      const answer = await command();
      answered = true;
      return answer;
    } catch (error) {
      throw isOutage(error) ? new StoreUnavailable(error) : error;
    } finally {
      onRoundTrip({ command: name, milliseconds: performance.now() - start, answered });
    }
  }

  return {
    database,
    run: (name, work) => timed(name, () => retryWhileBusy(() => opened.read(work))),
    transact: (name, work) =>
      timed(name, () => opened.write(() => database.transaction(work).immediate())),
    ping: () =>
      timed('ping', async () => {
        opened.check();
        opened.read(() => one.get());
      }),
    close: opened.close,
  };
}

function isOutage(error: unknown): boolean {
  return error instanceof Database.SqliteError || error instanceof BrokenFile;
}
