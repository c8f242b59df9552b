import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { openShop, stores, type Shop } from '../support/shop.ts';

const person = {
  name: 'Ada Byron Lovelace',
  email: 'ada.lovelace@analytical.example',
  password: 'three warm words here',
};
const agent = 'Mozilla/5.0 (Analytical Engine; rv:1843)';

/** Words that stand in what was sent, or that a session is made of. */
const telling =
  'Lovelace|lovelace|analytical|Mozilla|favourite_colour|favourite|sea green|a wrong guess|redis_test|This is a session|passport|cookie|variables|remember'.split(
    '|',
  );

/** The files of the store, with SQLite's write-ahead log and Redis's append-only file. */
async function bytesOf({ redis, folder }: Shop): Promise<Buffer> {
  const where = redis?.folder ?? folder;
  const entries = await readdir(where, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && (redis || entry.name.startsWith('state.db')))
    .map((entry) => join(entry.parentPath, entry.name));
  assert.ok(redis || files.some((file) => file.endsWith('-wal')), 'the look is at the log as well');
  return Buffer.concat(await Promise.all(files.map((file) => readFile(file))));
}

for (const store of stores) {
  test(`the disk of ${store} does not reveal who came and what they did`, async () => {
    await using shop = await openShop(store);
    const ids: string[] = [];
    const noteId = ({ cookies }: Browser) =>
      ids.push(decodeURIComponent(cookies.get('satchel-3000') ?? '').split('.')[0]!);

    const laptop = new Browser(shop, { 'user-agent': agent });
    await laptop.add('weekender');
    noteId(laptop);
    await laptop.signUp(person);
    noteId(laptop);
    await laptop.submit('/session', '/session/variables', {
      key: 'favourite_colour',
      value: 'sea green, of all things',
    });
    const phone = new Browser(shop, { 'user-agent': agent });
    await phone.signIn({ ...person, password: 'a wrong guess at it' });
    await phone.signIn(person, { remember: 'yes' });
    noteId(phone);
    await phone.get('/');
    const { body: made } = await phone.submit('/transfer', '/transfer');
    const [, token = ''] = /\/transfer\/([\w-]{43})/.exec(made)!;
    await laptop.submit('/devices', '/devices/revoke-others');

    const bytes = await bytesOf(shop);
    const [, signedUp = ''] = ids;
    assert.ok(
      bytes.includes(createHash('sha256').update(signedUp).digest('hex')),
      'the right disk',
    );
    const secrets = Object.values(person).concat(ids, telling, token, agent);
    const found = secrets.filter((secret) => bytes.includes(secret));
    assert.deepEqual(found, []);
  });
}
