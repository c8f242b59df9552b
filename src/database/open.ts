import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import * as schema from './schema.ts';

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));
/** SQLite makes its files readable for all; nobody else gets as far as them. */
const OWNER_ALONE = 0o700;
export const BUSY_TIMEOUT = 800;
const LOCK_TIMEOUT = 10_000;

export type Database = ReturnType<typeof openDatabase>;

/** Opens the database of users and catalogue, migrated to the newest schema. */
export function openDatabase(file: string) {
  mkdirSync(dirname(file), { recursive: true, mode: OWNER_ALONE });
  const connection = new Sqlite(file, { timeout: BUSY_TIMEOUT });
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = FULL');
  connection.pragma('foreign_keys = ON');
  const database = drizzle(connection, { schema });
  underLock(`${file}.lock`, () => migrate(database, { migrationsFolder: MIGRATIONS }));
  return Object.assign(database, { close: () => void connection.close() });
}

/** drizzle's migrator looks before it locks, so two processes that start at once would both migrate. SQLite frees this lock also when its holder dies. */
function underLock(file: string, work: () => void): void {
  const lock = new Sqlite(file, { timeout: LOCK_TIMEOUT });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    work();
  } finally {
    lock.close();
  }
}
