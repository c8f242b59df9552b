import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { openDatabase } from '../../src/database/open.ts';
import { createUsers } from '../../src/database/users.ts';
import { temporaryFolder } from '../support/folder.ts';

const module = new URL('../../src/database/open.ts', import.meta.url).href;

test('the database keeps what it holds when it is opened again', async () => {
  await using folder = await temporaryFolder();
  const first = openDatabase(folder.file('shop.db'));
  const ada = { name: 'Ada', email: 'ada@example.com', website: null, passwordHash: '' };
  await createUsers(first).add(ada);
  first.close();

  const again = openDatabase(folder.file('shop.db'));
  assert.equal(createUsers(again).findByEmail(ada.email)?.name, 'Ada');
  again.close();
});

test('its folder is made where there is none, for its owner alone', async () => {
  await using folder = await temporaryFolder();

  openDatabase(folder.file('a/b/shop.db')).close();
  assert.equal(statSync(folder.file('a/b')).mode & 0o777, 0o700);
});

test('processes that start together all open it, migrated once', async () => {
  await using folder = await temporaryFolder();
  const code = `import { openDatabase } from ${JSON.stringify(module)};
    openDatabase(process.argv[1]).close();`;
  const start = () =>
    spawn(process.execPath, ['--input-type=module', '--eval', code, folder.file('shop.db')], {
      stdio: 'inherit',
    });

  const exits = await Promise.all(Array.from({ length: 4 }, () => once(start(), 'exit')));
  assert.deepEqual(
    exits.map(([status]) => status),
    [0, 0, 0, 0],
  );
});
