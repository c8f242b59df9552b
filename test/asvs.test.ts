import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';

interface Requirement {
  id: string;
  level: 1 | 2 | 3;
  state: 'held' | 'not-applicable' | 'deviation' | 'open';
  /** `file > test`, the name as it stands in the source. */
  tests?: string[];
  reason?: string;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string) => readFileSync(`${ROOT}${file}`, 'utf8');
const requirements = JSON.parse(read('docs/asvs.json')) as Requirement[];

suite('docs/asvs.json', () => {
  test('has each requirement once, and says how many are held', (t) => {
    assert.equal(new Set(requirements.map(({ id }) => id)).size, 241);
    assert.equal(requirements.length, 241);
    for (const level of [1, 2, 3]) {
      const counts = Object.entries(
        Object.groupBy(
          requirements.filter((requirement) => requirement.level === level),
          ({ state }) => state,
        ),
      ).map(([state, some]) => `${some.length} ${state}`);
      t.diagnostic(`level ${level}: ${counts.join(', ')}`);
    }
  });

  test('names a test for all that is held, and every one of them exists', () => {
    for (const { id, tests = [] } of requirements.filter(({ state }) => state === 'held')) {
      assert.notEqual(tests.length, 0, id);
      for (const named of tests) {
        const [file = '', name = ''] = named.split(' > ');
        const source = read(file);
        const quoted = [`'${name}'`, `\`${name}\``];
        assert.ok(
          quoted.some((text) => source.includes(text)),
          `${id}: ${named} does not exist`,
        );
      }
    }
  });

  test('gives the reason where something is not held on purpose', () => {
    for (const { id, state, reason } of requirements) {
      const needed = state === 'deviation' || state === 'not-applicable';
      assert.equal(Boolean(reason), needed, id);
    }
  });
});

suite('the source', () => {
  const server = sources('src/**/*.ts', ['src/client/**']);
  const client = sources('src/client/**/*.ts');

  test('the server runs no command, compiles no text and opens no address', () => {
    const banned =
      /child_process|node:vm|\beval\(|new Function|renderString|\bfetch\(['"`]|from 'undici'|node:https/;
    for (const [file, text] of server) assert.doesNotMatch(text, banned, file);
  });

  test('the server hashes with nothing older than SHA-256', () => {
    for (const [file, text] of server) assert.doesNotMatch(text, /'(md5|sha1|md4|rmd160)'/i, file);
  });

  test('chance comes from the cryptographic source alone', () => {
    for (const [file, text] of server) assert.doesNotMatch(text, /Math\.random/, file);
  });

  test('browser code writes text, never markup', () => {
    const banned =
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|setHTMLUnsafe|parseHTMLUnsafe|createContextualFragment|\beval\(/;
    for (const [file, text] of client) assert.doesNotMatch(text, banned, file);
  });

  test('browser code talks to the tabs of this shop alone', () => {
    for (const [file, text] of client) {
      assert.doesNotMatch(text, /(window|parent|opener|top)\.postMessage/, file);
      assert.doesNotMatch(text, /window\.addEventListener\('message'/, file);
    }
  });

  test('the demo user is put in only where it is not production', () => {
    assert.match(read('src/app.ts'), /demo: !config\.production/);
  });
});

function sources(pattern: string, exclude: string[] = []): [file: string, text: string][] {
  return globSync(pattern, { cwd: ROOT, exclude }).map((file) => [file, read(file)]);
}
