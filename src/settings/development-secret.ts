import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFilePrivate } from '../lib/private-files.ts';

/** Reads the secret in `file`. A missing file is created, with a new secret and readable only by its owner. */
export function developmentSecret(file: string): string {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (!existsSync(file)) makeSecret(file);
  makeFilePrivate(file);
  return readFileSync(file, 'utf8').trim();
}

/**
 * Writes the secret to a file with another name first and then links the final name to it. So the final file is always
 * complete, even when the disk is full or two processes start at once.
 */
function makeSecret(file: string): void {
  const draft = `${file}.${randomUUID()}`;
  try {
    writeFileSync(draft, randomBytes(32).toString('hex'), { mode: 0o600, flush: true });
    linkSync(draft, file);
  } catch (error) {
    // Another process was faster, so its secret is used.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
