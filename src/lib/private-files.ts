import { chmodSync, readdirSync, statSync } from 'node:fs';

/** The rights of everybody but the owner. */
const OTHERS = 0o077;
/** In a folder with this bit, such as /tmp, people share the place and keep their files. */
const STICKY = 0o1000;

/** The files that SQLite, and we, put beside a database. They contain the same data. */
const BESIDE = ['', '-wal', '-shm', '-journal', '.lock'];

/** Takes the right to read and write a file, and what is beside it, from everybody but its owner. */
export function makeFilePrivate(file: string): void {
  for (const path of BESIDE.map((ending) => file + ending)) {
    const { mode } = statSync(path, { throwIfNoEntry: false }) ?? { mode: 0 };
    if (mode & OTHERS) chmodSync(path, 0o600);
  }
}

/**
 * Takes the right to enter a folder from everybody but its owner. A folder in which there are also files of others is
 * left as it is, because it may be their home.
 * @param isOurs returns true for the names of files that we make
 * @returns false when others may still enter; true also where there is no such folder yet
 */
export function makeFolderPrivate(folder: string, isOurs: (name: string) => boolean): boolean {
  const status = statSync(folder, { throwIfNoEntry: false });
  if (!status?.isDirectory() || !(status.mode & OTHERS)) return true;
  const isOwner = status.uid === process.getuid?.();
  if (!isOwner || status.mode & STICKY || !readdirSync(folder).every(isOurs)) return false;
  chmodSync(folder, 0o700);
  return true;
}
