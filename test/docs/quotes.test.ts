import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { suite, test } from 'node:test';
import { documents, read, ROOT } from './documents.ts';

/**
 * A document quotes code like this. The lines are those between `// docs: register` and `// docs: end` in that file,
 * without their common indentation.
 *
 *   <!-- quote src/session/session.ts#register -->
 *
 *   ```ts
 *   await app.register(cookie);
 *   ```
 */
const QUOTE = /<!-- quote (\S+)#([\w-]+) -->\n\n```\w+\n(.*?)\n```\n/gs;
const ANY_QUOTE = /^<!-- quote /gm;
const MARKER = /^\s*(?:\/\/|--|#) docs: ([\w-]+)$/;

const quotes = documents.flatMap((document) =>
  Array.from(read(document).matchAll(QUOTE), ([, file = '', name = '', text = '']) => ({
    document,
    file,
    name,
    text,
  })),
);

suite('code in the documents', () => {
  for (const { document, file, name, text } of quotes) {
    test(`${document} quotes ${file}#${name} as it is`, () => {
      assert.equal(text, markedParts(file).get(name));
    });
  }

  test('is found wherever a document quotes', () => {
    const all = documents.flatMap((document) => Array.from(read(document).matchAll(ANY_QUOTE)));
    assert.ok(quotes.length > 10);
    assert.equal(quotes.length, all.length);
  });

  test('is quoted wherever it is marked', () => {
    const quoted = new Set(quotes.map(({ file, name }) => `${file}#${name}`));
    const files = ['{src,client,lint}/**/*.{ts,lua,sql}', 'test/support/proxies/*.{cfg,conf}'];
    const marked = globSync(files, { cwd: ROOT }).flatMap((file) =>
      [...markedParts(file).keys()].map((name) => `${file}#${name}`),
    );
    assert.deepEqual(new Set(marked), quoted);
  });
});

/**
 * Returns the marked parts of a file, by their names.
 * @throws {AssertionError} when a part does not end, or when two parts have the same name
 */
function markedParts(file: string): Map<string, string> {
  const parts = new Map<string, string>();
  let open: { name: string; lines: string[] } | undefined;
  for (const line of read(file).split('\n')) {
    const name = MARKER.exec(line)?.[1];
    if (name === undefined) {
      open?.lines.push(line);
    } else if (name === 'end') {
      assert.ok(open, `${file} ends a part that does not begin`);
      parts.set(open.name, withoutIndentation(open.lines));
      open = undefined;
    } else {
      assert.ok(!open && !parts.has(name), `${file} begins "${name}" twice or inside another part`);
      open = { name, lines: [] };
    }
  }
  assert.equal(open, undefined, `${file} has a part that does not end`);
  return parts;
}

function withoutIndentation(lines: string[]): string {
  const widths = lines.filter(Boolean).map((line) => line.search(/\S/));
  const common = Math.min(...widths);
  return lines.map((line) => line.slice(common)).join('\n');
}
