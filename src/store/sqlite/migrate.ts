import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type Database from 'better-sqlite3';
import { StartProblem } from '../../lib/start-problem.ts';

const FOLDER = fileURLToPath(new URL('migrations/', import.meta.url));

/** The version of the tables that this release reads and writes: the number of migrations. */
export const schemaVersion = globSync('*.sql', { cwd: FOLDER }).length;

/** @throws {StartProblem} when a newer release has written the file */
export function refuseNewer(database: Database.Database, file: string): void {
  const version = versionOf(database);
  if (version <= schemaVersion) return;
  throw new StartProblem(
    `${file} was written by a newer release (its version is ${version}, this release knows ${schemaVersion}). Start that release, or restore a backup.`,
  );
}

/**
 * Brings the tables up to `schemaVersion`. The version of a file is in SQLite's `user_version`. A file from before
 * there were versions has the version 0 and the tables of the first migration, which creates only what is missing.
 * @throws {SqliteError}
 */
export function migrate(database: Database.Database): void {
  const migrations = globSync('*.sql', { cwd: FOLDER }).toSorted();

  // The version is read again inside the transaction: another process may have migrated the file in the meantime.
  const migrateOnce = database.transaction(() => {
    for (const migration of migrations.slice(versionOf(database))) {
      database.exec(readFileSync(`${FOLDER}${migration}`, 'utf8'));
    }
    database.pragma(`user_version = ${schemaVersion}`);
  });
  if (versionOf(database) < schemaVersion) migrateOnce.immediate();
}

function versionOf(database: Database.Database): number {
  return database.pragma('user_version', { simple: true }) as number;
}
