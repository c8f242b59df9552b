import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { makeFilePrivate } from '../private-files.ts';
import { StartProblem } from '../start-problem.ts';
import { isBusy, isDamage } from './error-codes.ts';
import { watchFile } from './watch-file.ts';
import type { BrokenFile } from '../data-unavailable.ts';
import { retryWhileBusy } from './retry.ts';

/** The mode of the folder. SQLite creates files that everybody may read, but nobody else may enter their folder. */
const OWNER_ONLY = 0o700;
/** How long the start waits while another process migrates the file, in milliseconds. */
const START_TIMEOUT = 10_000;

interface Tables {
  /** Changes nothing. @throws {StartProblem} when the tables are not those of this release or an older one */
  refuse(connection: Sqlite.Database): void;
  /** Brings the tables up to date. */
  migrate(connection: Sqlite.Database): void;
}

export interface SqliteFile {
  readonly connection: Sqlite.Database;
  /**
   * Runs work that does not wait for other processes.
   * @throws {BrokenFile} the file was found to be damaged
   * @throws {SqliteError}
   */
  read<T>(work: () => T): T;
  /**
   * Runs one statement or one transaction, and waits while another process writes, without blocking this process.
   * @throws {BrokenFile} the file is damaged or gone: what would be written would be lost
   * @throws {SqliteError}
   */
  write<T>(work: () => T): Promise<T>;
  /** @throws {BrokenFile} the file was damaged at some time, or is gone now */
  check(): void;
  close(): void;
}

/**
 * Opens a SQLite file for the life of the process. A missing file is created, with its folder. A file that exists is
 * read from end to end (7 ms for each MB), because damage that is found later makes every page fail.
 * @param onBroken is told once when the file turns out to be damaged or gone
 * @throws {StartProblem} when the file is damaged, or locked for ten seconds
 * @throws {SqliteError} when it may not be read or written
 */
export function openSqliteFile(
  file: string,
  tables: Tables,
  onBroken: (error: BrokenFile) => void,
): SqliteFile {
  mkdirSync(dirname(file), { recursive: true, mode: OWNER_ONLY });
  const connection = openChecked(file, tables);
  const watch = watchFile(file, onBroken);

  function noteDamage<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw isDamage(error) ? watch.damaged(error) : error;
    }
  }

  return {
    connection,
    read: noteDamage,
    write(work) {
      return retryWhileBusy(() => {
        watch.throwIfBroken();
        return noteDamage(work);
      });
    },
    check() {
      watch.look();
      watch.throwIfBroken();
    },
    close() {
      watch.stop();
      connection.close();
    },
  };
}

function openChecked(file: string, { refuse, migrate }: Tables) {
  const connection = new Sqlite(file, { timeout: START_TIMEOUT });
  try {
    const result = connection.pragma('quick_check(1)', { simple: true });
    if (result !== 'ok') throw damagedAtStart(file, String(result));
    refuse(connection);
    // Before the journal is made: SQLite gives it the mode of the database.
    makeFilePrivate(file);
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = FULL');
    connection.pragma('foreign_keys = ON');
    migrate(connection);
    // Frees the pages that the check has read.
    connection.pragma('shrink_memory');
    // From here on, requests are served: see retry.ts.
    connection.pragma('busy_timeout = 0');
    return connection;
  } catch (error) {
    connection.close();
    if (isDamage(error)) throw damagedAtStart(file, (error as NodeJS.ErrnoException).code ?? '');
    if (isBusy(error)) {
      throw new StartProblem(
        `${file} is locked by another program. Close that program, then start again.`,
      );
    }
    throw error;
  }
}

function damagedAtStart(file: string, fault: string): StartProblem {
  return new StartProblem(
    `${file} is damaged (${fault.replaceAll(/\s+/g, ' ')}): restore a backup, or move this file and those that begin with its name away to begin without its data.`,
  );
}
