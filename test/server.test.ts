import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const server = fileURLToPath(new URL('../src/server.ts', import.meta.url));

test('a start with a wrong setting ends with that sentence and nothing else', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [server], {
    env: { PATH: process.env.PATH, PORT: 'http', SECRET_KEY: 's'.repeat(32) },
    encoding: 'utf8',
  });

  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.equal(stderr, 'PORT must be a port number, 0 to 65535. Example: PORT=3000\n');
});
