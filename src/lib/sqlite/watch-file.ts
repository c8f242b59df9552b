import { statSync } from 'node:fs';
import { BrokenFile } from '../data-unavailable.ts';

/** Time between two looks, in milliseconds. */
const INTERVAL = 1000;

/**
 * Notices when an open SQLite file is deleted or replaced. The system keeps a deleted file for the processes that have
 * it open, so everything would seem to work, and the next start would find nothing.
 * @param onBroken is told once
 */
export function watchFile(file: string, onBroken: (error: BrokenFile) => void) {
  const files = [file, `${file}-wal`];
  const opened = files.map(identify);
  let broken: BrokenFile | undefined;
  let damage: BrokenFile | undefined;
  const timer = setInterval(look, INTERVAL).unref();

  function look(): void {
    const gone = files.find((each, index) => identify(each) !== opened[index]);
    if (!gone) {
      broken = damage;
    } else if (!broken) {
      report(
        new BrokenFile(
          gone,
          `${gone} was deleted or replaced while the shop runs. Stop the shop, put the file back or restore a backup, then start it.`,
        ),
      );
    }
  }

  function report(error: BrokenFile): BrokenFile {
    broken = error;
    onBroken(error);
    return error;
  }

  return {
    look,

    throwIfBroken(): void {
      if (broken) throw broken;
    },

    /** @returns the error for this damage */
    damaged(cause: unknown): BrokenFile {
      damage ??= report(
        new BrokenFile(
          file,
          `${file} is damaged. Stop the shop, restore a backup of this file, then start it.`,
          { cause },
        ),
      );
      return damage;
    },

    stop: () => clearInterval(timer),
  };
}

/** Returns what tells this file from another one of the same name. */
function identify(file: string): string {
  try {
    const { dev, ino } = statSync(file, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return 'none';
  }
}
