import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { readConfig } from '../../src/settings/config.ts';
import { startProblems } from '../../src/settings/start-problems.ts';
import { SECRET } from '../support/shop.ts';

const config = readConfig({ SECRET_KEY: SECRET, DATA_DIR: '/srv/satchel', PORT: '80' });
const apart = readConfig({
  SECRET_KEY: SECRET,
  DATA_DIR: '/srv/satchel',
  DATABASE_URL: 'file:/srv/db/shop.db',
});

const faults: [fault: NodeJS.ErrnoException, sentence: RegExp][] = [
  [fault('EACCES', 'mkdir', '/srv/satchel'), /^DATA_DIR .* \(EACCES\)\. Example: DATA_DIR=/],
  [fault('EROFS', 'open', '/srv/satchel/secret-key'), /^DATA_DIR .*secret-key is not \(EROFS\)/],
  [fault('ENOTDIR', 'mkdir', '/srv/satchel'), /^DATA_DIR .* \(ENOTDIR\)/],
  [fault('SQLITE_READONLY'), /^DATA_DIR .*\/srv\/satchel is not \(SQLITE_READONLY\)/],
  [fault('EACCES', 'listen'), /^PORT 80 .* \(EACCES\)\. Example: PORT=3000$/],
  [fault('EADDRINUSE', 'listen'), /^PORT 80 is in use.* Example: PORT=81$/],
  [fault('EADDRNOTAVAIL', 'listen'), /^HOST 127\.0\.0\.1 .* Example: HOST=/],
  [fault('ENOTFOUND', 'getaddrinfo'), /^HOST 127\.0\.0\.1 .* \(ENOTFOUND\)/],
];

suite('what refuses a start', () => {
  for (const [error, sentence] of faults) {
    test(`${error.syscall ?? 'SQLite'} ${error.code}: one sentence with the setting`, () => {
      const [problem, ...more] = startProblems(error, config);

      assert.deepEqual(more, []);
      assert.match(problem!, sentence);
    });
  }

  test('a database apart from the other data is named by its own setting', () => {
    const [problem] = startProblems(fault('EACCES', 'mkdir', '/srv/db'), apart);
    assert.match(problem!, /^DATABASE_URL .*\/srv\/db\/shop\.db is not \(EACCES\)/);

    const [other] = startProblems(fault('EACCES', 'mkdir', '/srv/satchel'), apart);
    assert.match(other!, /^DATA_DIR /);
  });

  test('a folder for the secret that cannot be made is named before there is a config', () => {
    const [problem] = startProblems(fault('EACCES', 'mkdir', '/srv/satchel'), undefined);
    assert.match(problem!, /^DATA_DIR .*\/srv\/satchel is not \(EACCES\)/);
  });

  test('a .env that cannot be read is named, and no setting blamed', () => {
    const [problem] = startProblems(fault('EACCES', 'open', '/srv/app/.env'), undefined);
    assert.match(problem!, /^\.env must be/);
  });

  test('a fault of our own is left to its stack trace', () => {
    assert.deepEqual(startProblems(new TypeError('undefined is not a bag'), config), []);
    assert.deepEqual(startProblems(fault('EACCES', 'open', '/srv/app/dist'), config), []);
  });
});

function fault(code: string, syscall?: string, path?: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code, syscall, path });
}
