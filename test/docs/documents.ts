import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export const read = (file: string) => readFileSync(`${ROOT}${file}`, 'utf8');

/** The Markdown files that people read, below the root of the project. */
export const documents = [
  ...globSync('*.md', { cwd: ROOT }),
  ...globSync('{docs,src}/**/*.md', { cwd: ROOT }),
].toSorted();
