import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import Database from 'better-sqlite3';
import { Redis } from 'ioredis';
import { Browser, newPerson, type Page } from './support/browser.ts';
import { openShop, type Shop } from './support/shop.ts';
import { routes } from './support/routes.ts';
import { shopOfSuite } from './support/suite-shop.ts';

/** A stream does not end by itself: see test/cart/live.test.ts. */
const looks = routes
  .filter((route) => route.startsWith('GET ') && route !== 'GET /cart/events')
  .map((route) => route.slice('GET '.length));

const addressOf = (path: string, token = 'none') =>
  path.replace(':slug', 'weekender').replace(':token', token);

test('whoever only looks changes nothing, in the store and in the database, on any page', async () => {
  await using shop = await openShop('redis');
  const [user, guest, stranger] = [new Browser(shop), new Browser(shop), new Browser(shop)];
  await user.signUp(newPerson());
  await user.add('field-satchel', 2);
  await guest.add('market-net');
  const offer = await user.submit('/transfer', '/transfer');
  const [, token] = /\/transfer\/([\w-]{43})/.exec(offer.body)!;
  await user.get('/');

  const before = await allOf(shop);
  for (const path of looks) {
    for (const browser of [user, guest, stranger]) {
      await browser.get(addressOf(path, token));
      await browser.get(addressOf(path, token), { accept: 'application/json' });
    }
  }
  assert.ok(before.length > 10);
  assert.deepEqual(await allOf(shop), before);
});

suite('every page', () => {
  const shop = shopOfSuite('sqlite');
  const ofUser = new Map<string, Page>();
  const ofGuest = new Map<string, Page>();

  before(async () => {
    const user = new Browser(shop);
    await user.signUp(newPerson());
    for (const path of looks) {
      ofUser.set(path, await user.get(addressOf(path)));
      ofGuest.set(path, await new Browser(shop).get(addressOf(path)));
    }
  });

  const htmlOf = (pages: Map<string, Page>) =>
    [...pages].filter(([, { headers }]) => String(headers['content-type']).startsWith('text/html'));

  test('of somebody signed in has the button that signs them out', () => {
    const pages = htmlOf(ofUser);
    assert.ok(pages.length >= 10);
    for (const [path, { document }] of pages) {
      assert.ok(document.querySelector('header form[action="/logout"] button'), path);
    }
  });

  test('hides what is typed as a password, and lets it be pasted and filled in', () => {
    const inputs = [...htmlOf(ofUser), ...htmlOf(ofGuest)].flatMap(([, { document }]) =>
      document.querySelectorAll(
        'input[name="password"], input[name="confirm"], input[name="current"]',
      ),
    );
    assert.ok(inputs.length >= 8);
    for (const input of inputs) {
      assert.equal(input.getAttribute('type'), 'password');
      assert.match(input.getAttribute('autocomplete')!, /^(current|new)-password$/);
      for (const name of ['readonly', 'maxlength', 'onpaste', 'pattern']) {
        assert.equal(input.hasAttribute(name), false, name);
      }
    }
  });

  test('needs no plug-in, and leaves nothing of ours to be named by what somebody entered', () => {
    for (const [path, { document }] of [...htmlOf(ofUser), ...htmlOf(ofGuest)]) {
      assert.equal(
        document.querySelectorAll('object, embed, applet, frame, iframe').length,
        0,
        path,
      );
      const ids = document.querySelectorAll('[id]').map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, path);
    }
  });
});

test('what a user may do, a guest is led to the sign-in for', async () => {
  await using shop = await openShop('sqlite');
  const open =
    /^(GET|POST) \/(shop|cart|login|signup|livez|readyz|metrics|\.well-known|transfer\/:)/;
  const guarded = routes.filter((route) => !open.test(route));
  assert.ok(guarded.length >= 18);
  for (const route of guarded) {
    const [method = '', path = ''] = route.split(' ');
    const url = path.replace(':id', 'a'.repeat(64));
    const visitor = new Browser(shop);
    const page = await (method === 'GET' ? visitor.get(url) : visitor.post(url));
    assert.equal(page.status, 303, route);
    assert.match(page.location!, /^\/login/, route);
  }
});

test('a session keeps a few named things, and of the user the id alone', async () => {
  await using shop = await openShop('sqlite');
  const browser = new Browser(shop);
  const ada = newPerson();
  await browser.add('weekender');
  await browser.signUp(ada);
  const [id = ''] = decodeURIComponent(browser.cookies.get('satchel')!).split('.');
  const { fields } = (await shop.app.store.sessions.load(id))!;
  assert.deepEqual(Object.keys(fields).sort(), [
    'created',
    'csrf',
    'device',
    'flash',
    'issued',
    'owner',
    'passport',
    'passwordVersion',
    'reAuthenticatedAt',
    'variables',
  ]);
  const kept = JSON.stringify({ ...fields, flash: {} });
  for (const word of [ada.name, ada.email, ada.password, 'argon2']) {
    assert.ok(!kept.includes(word), word);
  }
});

test('three hundred sessions that begin at once have ids of their own', async () => {
  await using shop = await openShop('sqlite');
  const guests = Array.from({ length: 300 }, () => new Browser(shop));
  const change = () => ({ product: 'weekender', quantity: 1, change: crypto.randomUUID() });
  await Promise.all(guests.map((guest) => guest.postJson('/cart/lines', change())));
  const ids = guests.map(
    ({ cookies }) => decodeURIComponent(cookies.get('satchel')!).split('.')[0],
  );
  assert.equal(new Set(ids).size, guests.length);
  for (const id of ids) assert.match(id!, /^[\w-]{43}$/);
});

/** Every key of the store and every row of the database, as it is. */
async function allOf({ redis, folder }: Shop): Promise<string[]> {
  const client = new Redis(redis!.url);
  const database = new Database(`${folder}/satchel.db`, { readonly: true });
  try {
    const keys = (await client.keys('*')).sort();
    const values = await Promise.all(keys.map((key) => contentOf(client, key)));
    const rows = ['users', 'products'].map((table) =>
      database.prepare(`SELECT * FROM ${table}`).all(),
    );
    return [
      ...keys.map((key, at) => `${key} ${values[at]}`),
      ...rows.map((all) => JSON.stringify(all)),
    ];
  } finally {
    client.disconnect();
    database.close();
  }
}

/** In an order of its own: a hash has none. */
async function contentOf(client: Redis, key: string): Promise<string> {
  const type = await client.type(key);
  if (type === 'string') return client.get(key).then(String);
  if (type === 'zset') return (await client.zrange(key, '0', '-1', 'WITHSCORES')).join(' ');
  assert.equal(type, 'hash');
  const fields = Object.entries(await client.hgetallBuffer(key));
  return fields
    .map(([name, value]) => `${name}=${value.toString('hex')}`)
    .sort()
    .join(' ');
}
