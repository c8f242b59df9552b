import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseEnv } from 'node:util';
import { documents, read } from './documents.ts';

const readme = read('README.md');

function sectionOf(title: string): string {
  const section = readme.split(/^## /m).find((text) => text.startsWith(`${title}\n`));
  assert.ok(section, title);
  return section;
}

suite('README.md', () => {
  test('lists every setting with its default, as .env.example does', () => {
    const rows = sectionOf('Settings').matchAll(/^\| (`[A-Z_`, ]+) +\| (.*?) +\| .*\|$/gm);
    const listed = Array.from(rows, ([, names = '', defaults = '']) => {
      const values = defaults.split(', ').map((text) => /^`(.*)`$/.exec(text)?.[1]);
      return names.split(', ').map((name, at) => [name.replaceAll('`', '').trim(), values[at]]);
    }).flat() as [string, string | undefined][];

    const example = parseEnv(read('.env.example'));
    assert.deepEqual(listed.map(([name]) => name).sort(), Object.keys(example).sort());
    for (const [name, value] of listed) {
      // A default that is made of another setting is empty in .env.example.
      if (example[name] !== '') assert.equal(value, example[name], name);
    }
  });

  test('says how many lines the heart has', () => {
    const section = sectionOf('Read it in this order');
    const [, said = ''] = /about ([\d,]+) lines/.exec(section)!;
    const files = Array.from(section.matchAll(/\]\((src\/[^)]+)\)/g), ([, file = '']) => file);
    const lines = files.map((file) => read(file).split('\n').length - 1);
    const sum = lines.reduce((all, count) => all + count);
    assert.ok(files.length > 20);
    assert.equal(Math.round(sum / 100) * 100, Number(said.replaceAll(',', '')));
  });

  test('answers eight questions, each with its code and its test', () => {
    const answers = sectionOf('Eight questions')
      .split(/^\d\. /m)
      .slice(1);
    assert.equal(answers.length, 8);
    for (const answer of answers) {
      assert.match(answer, /^\*\*.+\?\*\*/);
      assert.match(answer, /\[Code\]\(src\/[^)]+\),\s+\[test\]\(test\/[^)]+\.test\.ts\)/);
    }
  });
});

test('every npm command that a document names exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  for (const document of documents) {
    for (const [command, name = ''] of read(document).matchAll(/\bnpm run (?:--\S+ )*([\w:-]+)/g)) {
      assert.ok(name in scripts, `${document}: ${command}`);
    }
  }
});
