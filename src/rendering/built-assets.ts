import { readFileSync } from 'node:fs';
import { ConfigError } from '../settings/config.ts';
import type { Assets } from './assets.ts';

type Manifest = Record<string, { file: string }>;

export const SCRIPT_ENTRY = 'client/main.ts';
export const STYLE_ENTRY = 'client/main.css';

/**
 * Returns the addresses of the built scripts and styles.
 * @throws {ConfigError} when the build is missing or incomplete, so that the app does not start with broken pages
 */
export function findBuiltAssets(root: string): Assets {
  const manifest = readManifest(root);
  return { scripts: [fileOf(manifest, SCRIPT_ENTRY)], styles: [fileOf(manifest, STYLE_ENTRY)] };
}

function readManifest(root: string): Manifest {
  try {
    return JSON.parse(readFileSync(`${root}dist/.vite/manifest.json`, 'utf8')) as Manifest;
  } catch {
    throw new ConfigError(['The assets are not built. Run: npm run build']);
  }
}

function fileOf(manifest: Manifest, source: string): string {
  const built = manifest[source];
  if (!built) throw new ConfigError([`${source} is not in the build. Run: npm run build`]);
  return `/${built.file}`;
}
