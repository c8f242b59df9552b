import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { temporaryFolder, type Folder } from '../support/folder.ts';
import { read, ROOT } from './documents.ts';

const run = promisify(execFile);

type Place = 'below' | 'above' | 'instead of';

/** One step of a recipe: where the code goes, and the code. */
interface Step {
  file: string;
  /** Undefined for a new file, and for code at the end of a file. */
  anchor?: { place: Place; text: string };
  isNew: boolean;
  code: string;
}

/**
 * A step begins with one of these sentences, followed by a block of code.
 *
 *   New file `src/news/plugin.ts`:
 *   In `src/app.ts`, below `await pages.register(main);`:
 *   At the end of `src/app.ts`:
 */
const STEP =
  /^(?:(New file|At the end of)\s`(\S+)`|In\s`(\S+)`,\s(below|above|instead\sof)\s(`+) ?([^\n]+?) ?\5):\n\n```\w+\n(.*?)\n```$/gms;

const recipes = new Map(
  read('docs/recipes.md')
    .split(/^## /m)
    .slice(1)
    .map((text) => [text.split('\n', 1)[0]!, stepsOf(text)]),
);

/** What a copy of the project needs to be checked, and to run tests. */
const PARTS = [
  'client',
  'dist',
  'docs',
  'lint',
  'migrations',
  'public',
  'scripts',
  'src',
  'test',
  'views',
  '.env.example',
  '.oxlintrc.json',
  '.prettierrc.json',
  'README.md',
  'docker-compose.yml',
  'package.json',
  'tsconfig.json',
  'vite.config.ts',
];

let folder: Folder;
before(async () => {
  folder = await temporaryFolder();
  for (const part of PARTS) await cp(`${ROOT}${part}`, folder.file(part), { recursive: true });
  await symlink(`${ROOT}node_modules`, folder.file('node_modules'));
});
after(() => folder[Symbol.asyncDispose]());

/** Runs a tool of the project in the copy. @throws {Error} with what it printed, when it fails */
async function runTool(name: string, ...args: string[]): Promise<void> {
  await run(name, args, {
    cwd: folder.file('.'),
    env: { PATH: `${ROOT}node_modules/.bin:${process.env.PATH}`, HOME: process.env.HOME },
  }).catch((error: { stdout: string; stderr: string }) => {
    throw new Error(`${name}: ${error.stdout}${error.stderr}`);
  });
}

suite('docs/recipes.md, followed word by word', () => {
  test('has steps for these recipes, and each of them has a test', () => {
    assert.deepEqual(
      Array.from(recipes, ([name, steps]) => [name, steps.length > 0]),
      [
        ['Add a page', true],
        ['Add a field to the session', true],
        ['Add a second list per owner', true],
        ['Add a setting', true],
        ['Take the shop out', false],
      ],
    );
  });

  test('adds a field to the session in five files', () => {
    const files = new Set(recipes.get('Add a field to the session')!.map(({ file }) => file));
    assert.equal(files.size, 5);
  });

  test('gives code that compiles, follows the lint rules and passes its tests', async () => {
    const steps = [...recipes.values()].flat();
    for (const step of steps) await follow(step);
    const files = [...new Set(steps.map(({ file }) => file))];
    const code = files.filter((file) => file.startsWith('src/') && file.endsWith('.ts'));
    const tests = files.filter((file) => file.endsWith('.test.ts'));
    const tables = files.filter((file) => file.endsWith('.md'));

    await runTool('tsc');
    await runTool('oxlint', ...code);
    await runTool('prettier', '--write', '--log-level', 'warn', ...code, ...tables);
    await runTool(
      'node',
      '--test',
      '--test-isolation=none',
      ...tests,
      'test/gallery/plugin.test.ts',
      'test/security/notes.test.ts',
      'test/docs/readme.test.ts',
    );
  });
});

function stepsOf(recipe: string): Step[] {
  return Array.from(
    recipe.matchAll(STEP),
    ([, kind, whole, part, place, , text = '', code = '']) => ({
      file: (whole ?? part)!,
      isNew: kind === 'New file',
      ...(place && { anchor: { place: place.replace('\n', ' ') as Place, text } }),
      code,
    }),
  );
}

async function follow({ file, anchor, isNew, code }: Step): Promise<void> {
  const path = folder.file(file);
  if (isNew) {
    await mkdir(dirname(path), { recursive: true });
    return writeFile(path, `${code}\n`, { flag: 'wx' });
  }
  const source = await readFile(path, 'utf8');
  if (!anchor) return writeFile(path, `${source}\n${code}\n`);
  const lines = source.split('\n');
  const found = lines.filter((line) => line.includes(anchor.text));
  assert.equal(found.length, 1, `${file} has ${found.length} lines with ${anchor.text}`);
  const at = lines.indexOf(found[0]!);
  const [indentation = ''] = /^ */.exec(lines[at]!)!;
  const added = code.split('\n').map((line) => line && indentation + line);
  lines.splice(
    at + Number(anchor.place === 'below'),
    Number(anchor.place === 'instead of'),
    ...added,
  );
  return writeFile(path, lines.join('\n'));
}
