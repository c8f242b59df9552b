import Sqlite from 'better-sqlite3';

/** Returns true while another process writes to the file. Nothing was done, so it can be tried again. */
export function isBusy(error: unknown): boolean {
  return hasCode(error, /^SQLITE_(BUSY|LOCKED|PROTOCOL)/);
}

/** Returns true when the content of the file is not what SQLite has written. */
export function isDamage(error: unknown): boolean {
  return hasCode(error, /^SQLITE_(CORRUPT|NOTADB|IOERR_SHORT_READ)/);
}

/** Returns true when the file, the disk or another process is the reason, and not our statement. */
export function isOutage(error: unknown): boolean {
  return (
    isBusy(error) ||
    isDamage(error) ||
    hasCode(error, /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|PERM|NOMEM)/)
  );
}

function hasCode(error: unknown, code: RegExp): boolean {
  return error instanceof Sqlite.SqliteError && code.test(error.code);
}
