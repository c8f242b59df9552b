import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { suite, test } from 'node:test';
import { temporaryFolder, type Folder } from './support/folder.ts';
import { refusedStart, ROOT } from './support/refused-start.ts';
import { SECRET } from './support/shop.ts';

suite('a start ends with one sentence and nothing else', () => {
  test('where a setting is wrong', async () => {
    assert.deepEqual(await refusedStart({ PORT: 'http', SECRET_KEY: SECRET }), {
      status: 1,
      stdout: '',
      stderr: 'PORT must be a port number, 0 to 65535. Example: PORT=3000\n',
    });
  });

  test('where DATA_DIR is a file, with and without a secret to keep there', async () => {
    await using folder = await temporaryFolder();
    const DATA_DIR = folder.file('taken');
    writeFileSync(DATA_DIR, '');

    for (const SECRET_KEY of [SECRET, '']) {
      assert.deepEqual(await refusedStart({ DATA_DIR, SECRET_KEY }), {
        status: 1,
        stdout: '',
        stderr: `DATA_DIR must be a folder that is writable by the app, with all its files; ${DATA_DIR} is not (EEXIST). Example: DATA_DIR=./data\n`,
      });
    }
  });

  test('where DATABASE_URL is a folder', async () => {
    await using folder = await temporaryFolder();
    const database = folder.file('database');
    mkdirSync(database);
    const settings = { DATA_DIR: folder.file('data'), DATABASE_URL: `file:${database}` };

    assert.deepEqual(await refusedStart(settings), {
      status: 1,
      stdout: '',
      stderr: `DATABASE_URL must be a database in a folder, both writable by the app; ${database} is not (SQLITE_CANTOPEN). Example: DATABASE_URL=file:./data/satchel.db\n`,
    });
  });

  test('where another process has the PORT', async () => {
    await using folder = await temporaryFolder();
    await using other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;

    assert.deepEqual(await refusedStart({ DATA_DIR: folder.file('data'), PORT: String(port) }), {
      status: 1,
      stdout: '',
      stderr: `PORT ${port} is in use by another process (EADDRINUSE). Example: PORT=${port + 1}\n`,
    });
  });

  test('where HOST is not an address of this machine', async () => {
    await using folder = await temporaryFolder();
    const HOST = '203.0.113.9';

    assert.deepEqual(await refusedStart({ DATA_DIR: folder.file('data'), HOST }), {
      status: 1,
      stdout: '',
      stderr: `HOST ${HOST} is not an address of this machine (EADDRNOTAVAIL). Example: HOST=0.0.0.0\n`,
    });
  });

  test('where .env has a name that no setting has, and reads past a byte order mark', async () => {
    await using folder = await temporaryFolder();
    const root = checkout(folder);
    writeFileSync(`${root}/.env`, '\uFEFFNODE_ENV=production\nSECERT_KEY=x\n');
    assert.deepEqual(await refusedStart({}, root), {
      status: 1,
      stdout: '',
      stderr: 'SECERT_KEY in .env is not a setting: do you mean SECRET_KEY?\n',
    });

    writeFileSync(`${root}/.env`, '\uFEFFNODE_ENV=production\r\n');
    const { stderr } = await refusedStart({}, root);
    assert.match(stderr, /^SECRET_KEY is missing; in production it /);
  });

  test('where the assets are not built', async () => {
    await using folder = await temporaryFolder();
    const root = checkout(folder);

    const { status, stderr } = await refusedStart({ DATA_DIR: folder.file('data') }, root);
    assert.equal(stderr, 'The assets are not built. Run: npm run build\n');
    assert.equal(status, 1);
  });
});

/** What a start needs of this project, without a build. */
function checkout(folder: Folder): string {
  const root = folder.file('checkout');
  for (const name of ['src', 'migrations', 'package.json']) {
    cpSync(`${ROOT}${name}`, `${root}/${name}`, { recursive: true });
  }
  symlinkSync(`${ROOT}node_modules`, `${root}/node_modules`);
  return root;
}
