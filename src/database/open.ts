import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { BrokenFile, DataUnavailable } from '../lib/data-unavailable.ts';
import { isOutage } from '../lib/sqlite/error-codes.ts';
import { openSqliteFile } from '../lib/sqlite/open-file.ts';
import { StartProblem } from '../lib/start-problem.ts';
import * as schema from './schema.ts';

const MIGRATIONS = {
  migrationsFolder: fileURLToPath(new URL('../../migrations', import.meta.url)),
};
/** The table in which the migrator of drizzle notes each migration, with the time at which it was written. */
const MIGRATIONS_TABLE = '__drizzle_migrations';
/** How long the start waits while another process migrates the database, in milliseconds. */
const LOCK_TIMEOUT = 10_000;

export type Database = ReturnType<typeof openDatabase>;

/**
 * Opens the database and migrates it to the newest schema. A missing file is created.
 * @param onBroken is told once when the file turns out to be damaged or gone
 * @throws {StartProblem} when the file is damaged, locked, of a newer release or of another program
 * @throws {SqliteError} when the file may not be read or written
 */
export function openDatabase(file: string, onBroken: (error: BrokenFile) => void = () => {}) {
  const tables = {
    refuse: (connection: Sqlite.Database) => refuseForeignTables(connection, file),
    migrate: (connection: Sqlite.Database) =>
      withLock(`${file}.lock`, () => migrate(drizzle(connection), MIGRATIONS)),
  };
  const opened = openSqliteFile(file, tables, onBroken);
  const database = drizzle(opened.connection, { schema });

  return Object.assign(database, {
    /** Runs a query. @throws {DataUnavailable} */
    read<T>(query: () => T): T {
      try {
        return opened.read(query);
      } catch (error) {
        throw asUnavailable(error);
      }
    },

    /**
     * Runs one statement or one transaction that writes. While another process writes, it waits.
     * @throws {DataUnavailable} nothing was written
     */
    async write<T>(statement: () => T): Promise<T> {
      try {
        return await opened.write(statement);
      } catch (error) {
        throw asUnavailable(error);
      }
    },

    /** @throws {BrokenFile} the file is damaged or gone */
    check: opened.check,
    close: opened.close,
  });
}

/** The migrator would add its tables to any database, and it overlooks migrations that it does not know. */
function refuseForeignTables(connection: Sqlite.Database, file: string): void {
  const tables = connection.prepare('SELECT name FROM sqlite_master').pluck().all();
  if (tables.length === 0) return;
  if (!tables.includes(MIGRATIONS_TABLE)) {
    throw new StartProblem(
      `${file} is a database of another program. Name another file. Example: DATABASE_URL=file:./data/satchel.db`,
    );
  }
  const known = new Set(readMigrationFiles(MIGRATIONS).map(({ folderMillis }) => folderMillis));
  const applied = connection.prepare(`SELECT created_at FROM ${MIGRATIONS_TABLE}`).pluck().all();
  if (applied.every((time) => known.has(Number(time)))) return;
  throw new StartProblem(
    `${file} was written by a newer release. Start that release, or restore a backup.`,
  );
}

/**
 * The migrator of drizzle does not lock the database before it checks the schema, so two processes that start at once
 * would both migrate. The lock is a transaction on a file of its own. SQLite releases it when its process ends or is
 * killed.
 */
function withLock(file: string, work: () => void): void {
  const lock = new Sqlite(file, { timeout: LOCK_TIMEOUT });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    work();
  } finally {
    lock.close();
  }
}

function asUnavailable(error: unknown): unknown {
  if (!isOutage(error) && !(error instanceof BrokenFile)) return error;
  return new DataUnavailable('The database does not answer.', error);
}
