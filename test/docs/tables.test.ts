import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { suite, test } from 'node:test';
import { forbiddenImport } from '../../lint/layers.ts';
import { read, ROOT } from './documents.ts';

/** The cells of each row of a table whose first column begins with a backtick. */
function rowsOf(document: string, heading: string): string[][] {
  const section = read(document)
    .split(/^##+ /m)
    .find((text) => text.startsWith(`${heading}\n`));
  assert.ok(section, heading);
  const rows = section.split('\n').filter((line) => /^\| (`|any other)/.test(line));
  return rows.map((row) => row.split('|').map((cell) => cell.trim()));
}

const inBackticks = (text = '') => Array.from(text.matchAll(/`([^`]+)`/g), ([, name = '']) => name);

suite('docs/architecture.md', () => {
  const rows = rowsOf('docs/architecture.md', 'Which folder may import which');
  const folders = rows.flatMap(([, name]) => inBackticks(name));
  const targets = [
    ...new Set([...rows.flatMap(([, , allowed]) => inBackticks(allowed)), ...folders]),
  ];

  for (const [, name = '', allowed, http] of rows) {
    const folder = inBackticks(name)[0] ?? 'a-new-folder';

    test(`says what src/${folder} may import, as the lint rule has it`, () => {
      const from = `${ROOT}src/${folder}/file.ts`;
      const isAllowed = (target: string) => {
        const file = target.endsWith('.ts') ? target : `${target}/file.ts`;
        return target === folder || forbiddenImport(from, `../${file}`) === null;
      };
      const whole = new Set([folder, ...inBackticks(allowed)]);
      const expected = targets.filter((target) => isPartOf(target, whole));
      assert.deepEqual(targets.filter(isAllowed).sort(), expected.sort());
      assert.equal(forbiddenImport(from, 'fastify') === null, http === 'yes');
    });
  }

  test('has a row for every folder of src/ that is no folder of pages', () => {
    const files = globSync('src/*/**/*.ts', { cwd: ROOT });
    const existing = new Set(files.map((file) => file.split('/')[1]!));
    assert.deepEqual(new Set(folders), existing);
  });
});

test('docs/performance.md lists every file that exists for speed only', () => {
  const listed = rowsOf('docs/performance.md', 'What exists for speed only').flatMap(([, file]) =>
    inBackticks(file),
  );
  assert.deepEqual(listed.sort(), globSync('src/**/speed/*.ts', { cwd: ROOT }).sort());
});

/** A folder contains its own folders and files. */
function isPartOf(target: string, allowed: ReadonlySet<string>): boolean {
  return [...allowed].some((folder) => target === folder || target.startsWith(`${folder}/`));
}
