import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import Database from 'better-sqlite3';
import { Redis } from 'ioredis';
import { RE_AUTHENTICATION_LIFETIME } from '../src/session/re-authentication.ts';
import { Browser, formValues, newPerson, type Page } from './support/browser.ts';
import { second } from './support/clock.ts';
import { openShop, type Shop } from './support/shop.ts';
import { listedRoutes } from './support/routes.ts';
import { shopOfSuite } from './support/suite-shop.ts';

/** These two do not end by themselves: see test/session/live/events.test.ts. */
const EVENT_STREAMS = new Set(['/events', '/cart/events']);

/** The path of every page that can be opened. */
const pages = listedRoutes
  .filter(({ method, path }) => method === 'GET' && !EVENT_STREAMS.has(path))
  .map(({ path }) => path);

const addressOf = (path: string, token = 'none') =>
  path.replace(':slug', 'weekender').replace(':token', token);

test('opening a page changes nothing in the store and in the database, whichever page it is', async () => {
  await using shop = await openShop('redis');
  const [user, guest, stranger] = [new Browser(shop), new Browser(shop), new Browser(shop)];
  await user.signUp(newPerson());
  await user.add('field-satchel', 2);
  await guest.add('market-net');
  const offer = await user.submit('/transfer', '/transfer');
  const [, token] = /\/transfer\/([\w-]{43})/.exec(offer.body)!;
  await user.get('/');

  const before = await allOf(shop);
  for (const path of pages) {
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
  const inJson = new Map<string, Page>();
  let user: Browser;

  before(async () => {
    user = new Browser(shop);
    await user.signUp(newPerson());
    await user.add('weekender');
    for (const path of pages) {
      ofUser.set(path, await user.get(addressOf(path)));
      ofGuest.set(path, await new Browser(shop).get(addressOf(path)));
      inJson.set(path, await user.get(addressOf(path), { accept: 'application/json' }));
    }
  });

  const htmlOf = (answers: Map<string, Page>) =>
    [...answers].filter(([, { headers }]) =>
      String(headers['content-type']).startsWith('text/html'),
    );

  test('has a sign-out button when a user is signed in', () => {
    const shown = htmlOf(ofUser);
    assert.ok(shown.length >= 10);
    for (const [path, { document }] of shown) {
      assert.ok(document.querySelector('header form[action="/logout"] button'), path);
    }
  });

  test('hides passwords while they are typed, and lets them be pasted and filled in', () => {
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

  test('is kept in no cache, of the browser or on the way', () => {
    for (const [path, { headers }] of [...ofUser, ...ofGuest]) {
      // It is a file, the same for everyone.
      if (path === '/speculation-rules.json') continue;
      assert.equal(headers['cache-control'], 'no-store', path);
    }
  });

  test('says what it is, in UTF-8, and is that', () => {
    for (const [path, { headers, body }] of [...ofUser, ...ofGuest, ...inJson]) {
      if (body === '') continue;
      const type = String(headers['content-type']);
      assert.match(
        type,
        /^(text\/(html|plain)|application\/([a-z]+\+)?json); .*charset=utf-8$/,
        path,
      );
      assert.equal(type.startsWith('text/html'), /^<!doctype html>/i.test(body), path);
      if (type.includes('json')) assert.equal(typeof JSON.parse(body), 'object', path);
    }
  });

  test('has the length that it says, and HEAD says the same without the page', async () => {
    for (const [path, { status, headers, body }] of ofUser) {
      assert.equal(Number(headers['content-length'] ?? 0), Buffer.byteLength(body), path);
      const head = await user.head(addressOf(path));
      assert.equal(head.status, status, path);
      assert.equal(head.headers['content-type'], headers['content-type'], path);
      assert.equal(head.body, '', path);
    }
  });

  test('never repeats the id of the session, nor its signature', () => {
    const parts = decodeURIComponent(user.cookies.get('satchel-3000')!).split('.');
    assert.deepEqual(
      parts.map(({ length }) => length),
      [43, 43],
    );
    for (const [path, { headers, body }] of [...ofUser, ...inJson]) {
      const said = JSON.stringify(headers) + body;
      for (const part of parts) assert.ok(!said.includes(part), path);
    }
  });

  test('loads nothing from another site, and holds no script, style or handler of its own', () => {
    for (const [path, { document }] of [...htmlOf(ofUser), ...htmlOf(ofGuest)]) {
      const own = document.querySelectorAll('style, script:not([src]), [style]');
      assert.equal(own.length, 0, path);
      for (const { attributes } of document.querySelectorAll('*')) {
        assert.ok(!Object.keys(attributes).some((name) => /^on/i.test(name)), path);
      }
      for (const element of document.querySelectorAll('[src], link[href]')) {
        const address = element.getAttribute('src') ?? element.getAttribute('href');
        assert.match(address!, /^\/[^/]/, path);
      }
    }
  });

  test('contains no plug-in, and no id twice', () => {
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

test('a guest is sent to the sign-in by every route that is for users', async () => {
  await using shop = await openShop('sqlite');
  const guarded = listedRoutes.filter(({ config }) => config.access === 'users');
  assert.ok(guarded.length >= 18);
  for (const { method, path } of guarded) {
    const url = path.replace(':id', 'a'.repeat(64));
    const guest = new Browser(shop);
    const page = await (method === 'GET' ? guest.get(url) : guest.post(url));
    assert.equal(page.status, 303, `${method} ${path}`);
    assert.match(page.location!, /^\/login/, `${method} ${path}`);
  }
});

test('only these routes are open to a visitor who is not signed in', () => {
  const open = listedRoutes.filter(({ config }) => config.access !== 'users');
  const ours =
    /^\/(shop|cart|events|login|signup|livez|readyz|metrics|\.well-known|transfer\/:|speculation-rules)/;
  for (const { path } of open) assert.match(path, ours);
});

test('a user who gave the password long ago is asked for it by every route that needs it', async () => {
  await using shop = await openShop('sqlite');
  const user = new Browser(shop);
  await user.signUp(newPerson());
  const { _csrf = '' } = formValues(await user.get('/'), '/logout');
  shop.clock.advance(RE_AUTHENTICATION_LIFETIME + second);
  const guarded = listedRoutes.filter(({ config }) => config.reAuthentication);
  assert.ok(guarded.length >= 4);
  for (const { method, path } of guarded) {
    const url = path.replace(':id', 'a'.repeat(64));
    const page = await (method === 'GET' ? user.get(url) : user.post(url, { _csrf }));
    assert.equal(page.status, 303, `${method} ${path}`);
    assert.match(page.location!, /^\/account\/confirm\?next=/, `${method} ${path}`);
  }
});

test('a session contains only these properties, and nothing about the user but the id', async () => {
  await using shop = await openShop('sqlite');
  const browser = new Browser(shop);
  const ada = newPerson();
  await browser.add('weekender');
  await browser.signUp(ada);
  const [id = ''] = decodeURIComponent(browser.cookies.get('satchel-3000')!).split('.');
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
    ({ cookies }) => decodeURIComponent(cookies.get('satchel-3000')!).split('.')[0],
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
