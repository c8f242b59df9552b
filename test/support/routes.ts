import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DEFINITION = /\b(?:app|users|guests|proved)\.(get|post)(?:<[^(]*>)?\(\s*'(\/[^']*)'/g;

const source = globSync('src/**/*.ts', { cwd: ROOT, exclude: ['src/gallery/**'] })
  .map((file) => readFileSync(`${ROOT}${file}`, 'utf8'))
  .join('\n');

/** Every route that production has, as it stands in the source: `GET /shop/:slug`. */
export const routes = [...source.matchAll(DEFINITION)].map(
  ([, method = '', path = '']) => `${method.toUpperCase()} ${path}`,
);
