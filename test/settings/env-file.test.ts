import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { parseEnv } from 'node:util';
import { StartProblem } from '../../src/lib/start-problem.ts';
import { readEnvFile } from '../../src/settings/env-file.ts';
import { temporaryFolder } from '../support/folder.ts';

const settings = ['NODE_ENV', 'PORT', 'SECRET_KEY', 'DATA_DIR'];
const projectFile = (name: string) =>
  readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

async function read(content: string | Buffer): Promise<Record<string, string>> {
  await using folder = await temporaryFolder();
  writeFileSync(folder.file('.env'), content);
  return { ...readEnvFile(folder.file('.env'), settings) };
}

suite('.env', () => {
  const same = { NODE_ENV: 'production', PORT: '3902' };
  const text = 'NODE_ENV=production\nPORT=3902\n';
  for (const [what, content] of Object.entries({
    'as it is': text,
    'with a byte order mark': `\uFEFF${text}`,
    'with the line ends of Windows': text.replaceAll('\n', '\r\n'),
    'with the line ends of old systems': text.replaceAll('\n', '\r'),
    'with both': `\uFEFF${text.replaceAll('\n', '\r\n')}`,
    'with comments and blanks': '# mine\n\n  NODE_ENV = "production" # why\nexport PORT=\'3902\'',
  })) {
    test(`${what} has the same values`, async () => {
      assert.deepEqual(await read(content), same);
    });
  }

  test('that does not exist has no values', () => {
    assert.deepEqual(readEnvFile('/nowhere/.env', settings), {});
  });

  const refused: [content: string | Buffer, sentence: string][] = [
    ['NODE_EVN=production', 'NODE_EVN in .env is not a setting: do you mean NODE_ENV?'],
    ['node_env=production', 'node_env in .env is not a setting: do you mean NODE_ENV?'],
    ['SECRETKEY=x', 'SECRETKEY in .env is not a setting: do you mean SECRET_KEY?'],
    ['FLASK_APP=x', 'FLASK_APP in .env is not a setting: .env.example has all settings.'],
    ['PORT=1\nPORT 3902', 'Line 2 of .env must be NAME=value. Example: PORT=3000'],
    ['PORT: 3902', 'Line 1 of .env must be NAME=value. Example: PORT=3000'],
    [
      Buffer.from(`\uFEFF${text}`, 'utf16le'),
      '.env must be saved as UTF-8. Example: iconv -f UTF-16 -t UTF-8 .env',
    ],
    [
      Buffer.from(text, 'utf16le'),
      '.env must be saved as UTF-8. Example: iconv -f UTF-16 -t UTF-8 .env',
    ],
  ];
  for (const [content, sentence] of refused) {
    test(`with ${JSON.stringify(String(content).slice(0, 20))} refuses the start in one sentence`, async () => {
      await assert.rejects(read(content), (error) => {
        assert.ok(error instanceof StartProblem);
        assert.equal(error.message, sentence);
        return true;
      });
    });
  }

  test('may have every name that docker-compose.yml reads', async () => {
    const names = projectFile('docker-compose.yml').matchAll(/\$\{([A-Z_]+)/g);
    const ours = Object.keys(parseEnv(projectFile('.env.example')));
    for (const [, name = ''] of names) {
      if (!ours.includes(name)) assert.deepEqual(await read(`${name}=x`), { [name]: 'x' });
    }
  });
});
