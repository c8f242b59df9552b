import assert from 'node:assert/strict';
import {
  cpSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { BUSY_TIMEOUT } from '../../src/lib/sqlite/retry.ts';
import { Browser, newPerson } from '../support/browser.ts';
import { temporaryFolder, type Folder } from '../support/folder.ts';
import { httpSite } from '../support/http-site.ts';
import { refusedStart } from '../support/refused-start.ts';
import { freePort } from '../support/redis-server.ts';
import { startServer } from '../support/server-process.ts';
import { openShop, type Shop } from '../support/shop.ts';

const names = ['satchel.db', 'state.db'] as const;
const PAGE = 4096;

let used: Folder;
before(async () => void (used = await usedFolder()));
after(() => used[Symbol.asyncDispose]());

for (const name of names) {
  suite(`a start on ${name}`, () => {
    const faults: Record<string, [fault: RegExp, breakFile: (file: string) => void]> = {
      'that is cut': [/is damaged .* restore a backup/, (file) => truncateSync(file, cutOf(file))],
      'with flipped bits': [/is damaged .* restore a backup/, flipBits],
      'that is no database': [
        /is damaged .* restore a backup/,
        (file) => writeFileSync(file, 'x'.repeat(PAGE)),
      ],
      'of a newer release': [
        /was written by a newer release.* Start that release, or restore a backup/,
        makeNewer,
      ],
    };
    for (const [fault, [sentence, breakFile]] of Object.entries(faults)) {
      test(`${fault} is refused in one sentence that names the file`, async () => {
        await using folder = await copyOf(used);
        breakFile(folder.file(name));

        const { status, stdout, stderr } = await refusedStart({ DATA_DIR: folder.file('') });
        assert.equal(stdout, '');
        assert.match(stderr, new RegExp(`^[^\n]*${name} ${sentence.source}[^\n]*\n$`));
        assert.equal(status, 1);
      });
    }

    for (const [fault, words, lose] of [
      ['is empty', 'is empty', (file: string) => writeFileSync(file, '')],
      ['was deleted', 'does not exist', (file: string) => rmSync(file)],
    ] as const) {
      test(`that ${fault} says in one line that its data is not there`, async () => {
        await using folder = await copyOf(used);
        lose(folder.file(name));

        await using server = await startServer({ PORT: '0', DATA_DIR: folder.file('') });
        const lines = server.log().filter((line) => line.includes('data_file_created'));
        assert.equal(lines.length, 1);
        assert.match(lines[0]!, new RegExp(`"level":40.*${name} ${words}.*restore a backup`));
      });
    }
  });

  suite(`${name} of a running shop`, () => {
    test('that is deleted makes it not ready, and one event names the file and what to do', async () => {
      await using folder = await temporaryFolder();
      const port = await freePort();
      await using server = await startServer({ PORT: `${port}`, DATA_DIR: folder.file('') });
      const browser = new Browser(httpSite(port));
      await browser.signUp(newPerson());

      rmSync(folder.file(name));
      const line = await server.logged(/data_file_broken/);
      assert.match(line, new RegExp(`${name} was deleted or replaced.*restore a backup`));
      assert.equal((await browser.get('/readyz')).status, 503);
      assert.equal((await browser.get('/livez')).status, 200);
      const other = new Browser(httpSite(port));
      const answer =
        name === 'state.db' ? await other.add('weekender') : await other.signUp(newPerson());
      assert.equal(
        answer.status,
        503,
        'nothing is acknowledged that the next start would not find',
      );
      assert.equal(server.log().filter((each) => each.includes('data_file_broken')).length, 1);
    });

    test('that is damaged makes it not ready and answers 503, and one event names the file', async () => {
      await using folder = await temporaryFolder();
      const port = await freePort();
      await using server = await startServer({ PORT: `${port}`, DATA_DIR: folder.file('') });
      const browser = new Browser(httpSite(port));
      await browser.signUp(newPerson());

      damageOpenFile(folder.file(name));
      const answers = [
        await browser.get('/account'),
        await browser.get('/shop/weekender'),
        await browser.get('/signup'),
      ];
      assert.ok(answers.some(({ status }) => status === 503));
      assert.ok(answers.every(({ status }) => status < 500 || status === 503));
      assert.doesNotMatch(
        answers.find(({ status }) => status === 503)!.body,
        /Nothing of yours is lost/,
      );
      const line = await server.logged(/data_file_broken/);
      assert.match(line, new RegExp(`${name} is damaged.*restore a backup`));
      assert.equal((await browser.get('/readyz')).status, 503);
      assert.equal(server.log().filter((each) => each.includes('data_file_broken')).length, 1);
    });
  });
}

test('a first start says in one line that it begins a new shop, and warns of nothing', async () => {
  await using folder = await temporaryFolder();
  await using server = await startServer({ PORT: '0', DATA_DIR: folder.file('data') });
  const lines = server.log().filter((line) => line.includes('data_file_created'));
  assert.equal(lines.length, 2);
  for (const line of lines) assert.match(line, /"level":30.*created for a new shop/);
});

test('a database of another program is refused in one sentence, and left alone', async () => {
  await using folder = await temporaryFolder();
  const file = folder.file('notes.db');
  const other = new Sqlite(file);
  other.exec('CREATE TABLE users (id TEXT)');
  other.close();
  const before = readFileSync(file);

  const settings = { DATA_DIR: folder.file('data'), DATABASE_URL: `file:${file}` };
  const { status, stderr } = await refusedStart(settings);
  assert.match(stderr, /^[^\n]*notes\.db is a database of another program\. [^\n]*\n$/);
  assert.equal(status, 1);
  assert.ok(readFileSync(file).equals(before));
});

suite('while another process has locked', () => {
  const changes = {
    'satchel.db': ['a sign-up', (shop: Shop) => new Browser(shop).signUp(newPerson())],
    'state.db': ['a change of the cart', (shop: Shop) => new Browser(shop).add('weekender')],
  } as const;

  for (const name of names) {
    const [what, change] = changes[name];

    test(`${name} for long, ${what} gets 503, and the others do not wait`, async () => {
      await using shop = await openShop('sqlite');
      const locked = lock(shop, name);
      const began = performance.now();
      const slow = change(shop);
      let pages = 0;
      let longest = 0;
      const answer = { arrived: false };
      void slow.finally(() => (answer.arrived = true));
      while (!answer.arrived) {
        const start = performance.now();
        await shop.app.inject('/shop');
        await nextTurn();
        longest = Math.max(longest, performance.now() - start);
        pages += 1;
      }
      assert.equal((await slow).status, 503);
      assert.ok(performance.now() - began < BUSY_TIMEOUT * 2);
      locked[Symbol.dispose]();
      assert.ok(pages > 1, `${pages} pages were answered meanwhile`);
      assert.ok(longest < BUSY_TIMEOUT / 2, `a page took ${longest} ms`);
    });

    test(`${name} for a moment, ${what} waits and is done`, async () => {
      await using shop = await openShop('sqlite');
      const locked = lock(shop, name);
      const slow = change(shop);
      await delay(BUSY_TIMEOUT / 8);
      locked[Symbol.dispose]();
      assert.ok((await slow).status < 400);
    });
  }
});

/** The files of a shop in which somebody signed up and filled a cart. */
async function usedFolder(): Promise<Folder> {
  const folder = await temporaryFolder();
  const port = await freePort();
  await using server = await startServer({ PORT: `${port}`, DATA_DIR: folder.file('') });
  const browser = new Browser(httpSite(port));
  await browser.signUp(newPerson());
  await browser.add('weekender');
  await server.endBy('SIGTERM');
  return folder;
}

async function copyOf(folder: Folder): Promise<Folder> {
  const copy = await temporaryFolder();
  cpSync(folder.file(''), copy.file(''), { recursive: true });
  return copy;
}

/** Cuts the last page off. */
const cutOf = (file: string) => statSync(file).size - PAGE;

/** Overwrites the head of every page but the first. */
function flipBits(file: string): void {
  const handle = openSync(file, 'r+');
  for (let page = PAGE; page < statSync(file).size; page += PAGE) {
    writeSync(handle, Buffer.alloc(64, 0xff), 0, 64, page);
  }
}

/** Damages what the running process will read next: its log is emptied into the file first. */
function damageOpenFile(file: string): void {
  const other = new Sqlite(file);
  other.pragma('wal_checkpoint(TRUNCATE)');
  flipBits(file);
  // A page in the cache is read again when another process has written.
  other.pragma('user_version = 1');
  other.close();
}

function makeNewer(file: string): void {
  const database = new Sqlite(file);
  if (file.endsWith('state.db')) database.pragma('user_version = 1000');
  else {
    database.exec(
      "INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('of the future', 99999999999999)",
    );
  }
  database.close();
}

function lock(shop: Shop, name: string): Disposable {
  const other = new Sqlite(join(shop.folder, name));
  other.exec('BEGIN IMMEDIATE');
  return { [Symbol.dispose]: () => void other.close() };
}
