import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { makeFilePrivate } from '../lib/private-files.ts';
import * as schema from './schema.ts';

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));
/** How long a command waits while another process writes, in milliseconds. */
export const BUSY_TIMEOUT = 800;
/** How long the start waits while another process migrates the database, in milliseconds. */
const LOCK_TIMEOUT = 10_000;

export type Database = ReturnType<typeof openDatabase>;

/**
 * Opens the database and migrates it to the newest schema. A missing file is created.
 * @throws {SqliteError} when the file is not a database or may not be written
 */
export function openDatabase(file: string) {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const connection = new Sqlite(file, { timeout: BUSY_TIMEOUT });
  // Before the journal is made: SQLite gives it the mode of the database.
  makeFilePrivate(file);
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = FULL');
  connection.pragma('foreign_keys = ON');
  const database = drizzle(connection, { schema });
  withLock(`${file}.lock`, () => migrate(database, { migrationsFolder: MIGRATIONS }));
  return Object.assign(database, { close: () => void connection.close() });
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
