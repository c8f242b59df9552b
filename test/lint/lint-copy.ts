import { execFile } from 'node:child_process';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryFolder } from '../support/folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

interface Diagnostic {
  message: string;
  code: string;
  filename: string;
}

/**
 * Puts more files into a copy of the project and lints them there.
 * @param files path below the project, such as `src/news/page.ts` -> source
 * @returns what the linter says about each file; empty when it accepts the file
 */
export async function lintInCopy(files: Record<string, string>): Promise<Map<string, string>> {
  await using folder = await temporaryFolder();
  for (const name of ['src', 'client', 'lint', '.oxlintrc.json', 'tsconfig.json', 'package.json']) {
    await cp(`${ROOT}${name}`, folder.file(name), { recursive: true });
  }
  await symlink(`${ROOT}node_modules`, folder.file('node_modules'));
  for (const [path, source] of Object.entries(files)) {
    await mkdir(dirname(folder.file(path)), { recursive: true });
    await writeFile(folder.file(path), source);
  }
  const diagnostics = await lint(folder.file('.'), Object.keys(files));
  return new Map(
    Object.keys(files).map((path) => {
      const ofFile = diagnostics.filter(({ filename }) => filename === path);
      return [path, ofFile.map(({ code, message }) => `${code}: ${message}`).join('\n')];
    }),
  );
}

/** @returns what the linter says about the sources of the server and of the browser */
export function lintSources(): Promise<Diagnostic[]> {
  return lint(ROOT, ['src', 'client']);
}

/** The linter exits with 1 when it finds something. */
async function lint(cwd: string, paths: string[]): Promise<Diagnostic[]> {
  const options = { cwd, maxBuffer: 10 * 1024 * 1024 };
  const { stdout } = await run(
    `${ROOT}node_modules/.bin/oxlint`,
    ['--format', 'json', ...paths],
    options,
  ).catch((error: { stdout: string }) => error);
  return (JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics;
}
