/** Builds the browser code and the styles into dist/. With `--if-stale` it does so only when a source is newer. */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MANIFEST = `${ROOT}dist/.vite/manifest.json`;
const VITE = `${ROOT}node_modules/vite/bin/vite.js`;
const SOURCES = ['client/**', 'public/**', 'vite.config.ts', 'package-lock.json'];

if (!process.argv.includes('--if-stale') || isStale()) build();

function isStale(): boolean {
  if (!existsSync(MANIFEST)) return true;
  // An installation without development packages keeps the build that it has.
  if (!existsSync(VITE)) return false;
  const built = statSync(MANIFEST).mtimeMs;
  return globSync(SOURCES, { cwd: ROOT }).some(
    (file) => statSync(`${ROOT}${file}`).mtimeMs > built,
  );
}

function build(): void {
  if (!existsSync(VITE)) {
    console.error(
      'The assets cannot be built, because npm leaves out development packages where NODE_ENV is production: run npm ci --include=dev.',
    );
    process.exit(1);
  }
  const { status } = spawnSync(process.execPath, [VITE, 'build', '--logLevel', 'warn'], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}
