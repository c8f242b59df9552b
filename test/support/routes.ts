import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Every route, as it stands in the source: `GET /shop/:slug`. */
export const routes = globSync('src/**/*.ts', { cwd: ROOT })
  .flatMap((file) => [
    ...readFileSync(`${ROOT}${file}`, 'utf8').matchAll(
      /\b(?:app|users|guests|proved)\.(get|post)(?:<[^(]*>)?\(\s*'(\/[^']*)'/g,
    ),
  ])
  .map(([, method = '', path = '']) => `${method.toUpperCase()} ${path}`);
