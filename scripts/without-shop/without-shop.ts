/**
 * npm run without-shop -- ../target
 *
 * Writes a copy of this project without the shop: accounts, sessions, devices, the phone link, the session page and the
 * dashboard. What is left out is in parts-of-the-shop.ts, and on marked lines.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { partsOfTheShop, partsOfThisProject } from './parts-of-the-shop.ts';
import { stripMarks } from './strip-marks.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HERE = fileURLToPath(new URL('.', import.meta.url));

/** A test that uses the shop is left out. */
const USES_THE_SHOP = /cart|catalog|\bbags?\b|weekender|\/shop\b(?!\.)|product(?!ion)/i;
const TEXT =
  /\.(ts|lua|sql|eta|css|json|md|yml|example|svg|webmanifest|sh|txt)$|^(Dockerfile|\.[\w.]+)$/;

const [, , argument] = process.argv;
if (!argument) fail('Say where to write the copy. Example: npm run without-shop -- ../my-product');
const target = resolve(argument);
if (existsSync(target) && readdirSync(target).length > 0) fail(`${target} is not empty.`);

for (const file of projectFiles()) {
  if (isLeftOut(file)) continue;
  copy(file);
}
cpSync(join(HERE, 'README-of-the-copy.md'), join(target, 'README.md'));
writePackage();
console.log(`Written to ${target}. Go on with:

  cd ${argument} && npm install && npm run migration -- --name users && npm run dev
`);

function projectFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return listed.split('\n').filter((file) => file !== '' && existsSync(join(ROOT, file)));
}

function isLeftOut(file: string): boolean {
  const isPart = (part: string) => file === part || file.startsWith(`${part}/`);
  if ([...partsOfTheShop, ...partsOfThisProject].some(isPart)) return true;
  if (!file.endsWith('.test.ts')) return false;
  return USES_THE_SHOP.test(file) || USES_THE_SHOP.test(stripMarks(read(file)));
}

function copy(file: string): void {
  const path = join(target, file);
  mkdirSync(dirname(path), { recursive: true });
  const name = file.split('/').at(-1)!;
  if (TEXT.test(name)) writeFileSync(path, stripMarks(read(file)));
  else cpSync(join(ROOT, file), path);
}

/** JSON has no comments, so what changes in package.json is said here. */
function writePackage(): void {
  const content = JSON.parse(read('package.json')) as {
    scripts: Record<string, string>;
    devDependencies: Record<string, string>;
  } & Record<string, unknown>;
  const {
    lists: _lists,
    pictures: _pictures,
    'test:e2e': _stories,
    'test:faults': _faults,
    'without-shop': _withoutShop,
    ...scripts
  } = content.scripts;
  Object.assign(content, {
    name: 'my-product',
    version: '0.0.0',
    description: 'Accounts and sessions on Fastify and Redis.',
    keywords: undefined,
    scripts: {
      ...scripts,
      check: 'tsc && tsc -p client && oxlint --type-aware',
      test: 'npm run --silent check && npm run --silent build && npm run --silent test:unit',
    },
  });
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(content, null, 2)}\n`);
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
