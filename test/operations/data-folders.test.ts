import assert from 'node:assert/strict';
import { chmodSync, globSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { temporaryFolder, type Folder } from '../support/folder.ts';
import { startServer } from '../support/server-process.ts';
import { SECRET } from '../support/shop.ts';

const settings = { SECRET_KEY: SECRET, PORT: '0' };

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

/** The modes of all files in a folder, by their names. */
function modesIn(folder: string): Record<string, string> {
  const names = globSync('**', { cwd: folder }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
  return Object.fromEntries(names.map((name) => [name, modeOf(join(folder, name))]));
}

const onlyOwner = (modes: Record<string, string>) => {
  assert.ok(Object.keys(modes).length > 0);
  for (const [name, mode] of Object.entries(modes)) assert.equal(mode, '600', name);
};

/** Makes a folder that everybody may enter, whatever the umask of the test is. */
function openFolder(folder: Folder, name: string): string {
  mkdirSync(folder.file(name));
  chmodSync(folder.file(name), 0o755);
  return folder.file(name);
}

suite('while the shop runs, nobody else reads its data', () => {
  test('in the folder that it makes', async () => {
    await using folder = await temporaryFolder();
    const data = folder.file('data');
    await using server = await startServer({ ...settings, SECRET_KEY: '', DATA_DIR: data });

    assert.ok(server.isRunning());
    assert.equal(modeOf(data), '700');
    const modes = modesIn(data);
    onlyOwner(modes);
    for (const name of ['satchel.db-wal', 'satchel.db-shm', 'state.db-wal', 'secret-key']) {
      assert.ok(name in modes, name);
    }
  });

  test('in a folder that was open to everybody, and in another one for the database', async () => {
    await using folder = await temporaryFolder();
    const [data, other] = [openFolder(folder, 'data'), openFolder(folder, 'other')];
    await using server = await startServer({
      ...settings,
      DATA_DIR: data,
      DATABASE_URL: `file:${other}/shop.db`,
    });

    assert.ok(server.isRunning());
    assert.deepEqual([modeOf(data), modeOf(other)], ['700', '700']);
    onlyOwner(modesIn(data));
    onlyOwner(modesIn(other));
  });

  test('after an older release wrote files that everybody could read', async () => {
    await using folder = await temporaryFolder();
    const data = openFolder(folder, 'data');
    const database = `${openFolder(folder, 'other')}/shop.db`;
    const all = { ...settings, DATA_DIR: data, DATABASE_URL: `file:${database}` };
    await (await startServer(all)).kill();
    for (const path of [data, dirname(database)]) {
      for (const name of Object.keys(modesIn(path))) chmodSync(join(path, name), 0o644);
    }

    await using server = await startServer(all);
    assert.ok(server.isRunning());
    onlyOwner(modesIn(data));
    onlyOwner(modesIn(dirname(database)));
  });
});

test('a folder with files of others keeps its mode: one line of the log says what to do', async () => {
  await using folder = await temporaryFolder();
  const shared = openFolder(folder, 'shared');
  writeFileSync(`${shared}/letter.txt`, '');
  chmodSync(`${shared}/letter.txt`, 0o644);
  const DATA_DIR = folder.file('data');
  await using server = await startServer({
    ...settings,
    DATA_DIR,
    DATABASE_URL: `file:${shared}/shop.db`,
  });

  assert.equal(modeOf(shared), '755');
  const { 'letter.txt': letter, ...ours } = modesIn(shared);
  assert.equal(letter, '644');
  onlyOwner(ours);
  const lines = server.log().filter((line) => line.includes('folder_open'));
  assert.equal(lines.length, 1);
  assert.match(lines[0]!, /chmod 700 /);
});
