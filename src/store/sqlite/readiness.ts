import { rm, writeFile } from 'node:fs/promises';
import { BrokenFile } from '../../lib/data-unavailable.ts';
import { StoreUnavailable } from '../contract/errors.ts';
import type { SqliteClient } from './client.ts';

/** More than one page of SQLite, in bytes, so that a change of this size needs room in the file. */
const CHANGE_BYTES = 64 * 1024;

/**
 * Returns a function that finds out whether a change would work now.
 *
 * The change is made and rolled back: a commit would tell other processes that something has changed. It does not reach
 * the disk, so a file beside the database takes its place there.
 */
export function createReadiness({ database, ping, run }: SqliteClient, file: string) {
  const insert = database.prepare('INSERT INTO links (key, sealed, expires) VALUES (?, ?, 0)');
  const begin = database.prepare('BEGIN IMMEDIATE');
  const rollback = database.prepare('ROLLBACK');
  const probeFile = `${file}-ready-${process.pid}`;

  function change(): void {
    begin.run();
    try {
      insert.run(probeFile, Buffer.alloc(CHANGE_BYTES));
    } finally {
      if (database.inTransaction) rollback.run();
    }
  }

  return async (): Promise<void> => {
    try {
      await ping();
      await run('readiness', change);
      await writeFile(probeFile, Buffer.alloc(CHANGE_BYTES), { mode: 0o600 });
    } catch (error) {
      const cause = error instanceof StoreUnavailable ? error.cause : error;
      throw new StoreUnavailable(new Error(explain(cause, file), { cause }));
    } finally {
      await rm(probeFile, { force: true }).catch(() => {});
    }
  };
}

const explanations: [code: RegExp, sentence: (file: string) => string][] = [
  [/^(SQLITE_FULL|ENOSPC|EDQUOT|EFBIG)$/, (file) => `The disk of ${file} is full.`],
  [
    /^(SQLITE_READONLY.*|EROFS|EACCES|EPERM)$/,
    (file) => `${file} and its folder must be writable by the app.`,
  ],
  [
    /^(SQLITE_CORRUPT.*|SQLITE_NOTADB)$/,
    (file) => `${file} is damaged: stop the app and restore a backup.`,
  ],
  [/^SQLITE_BUSY.*$/, (file) => `Another process keeps ${file} locked.`],
];

function explain(error: unknown, file: string): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (error instanceof BrokenFile) return message;
  const [, sentence] = explanations.find(([pattern]) => pattern.test(code)) ?? [];
  return sentence?.(file) ?? `${file} cannot be written: ${message}`;
}
