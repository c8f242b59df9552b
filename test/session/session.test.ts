import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Redis } from 'ioredis';
import { Browser, formValues, newPerson } from '../support/browser.ts';
import { productionSettings, throughProxy } from '../support/production.ts';
import { sessionCookies, setCookies, storedKeys } from '../support/reading.ts';
import { openShop, SECRET, stores } from '../support/shop.ts';

const NEW_SECRET = 'another secret of the tests that is long enough';

suite('a stranger', () => {
  test('who only looks gets no cookie and leaves no record', async () => {
    await using shop = await openShop('redis');

    for (const url of ['/', '/shop', '/shop/weekender', '/cart', '/login', '/signup', '/nowhere']) {
      assert.deepEqual(setCookies(await new Browser(shop).get(url)), []);
    }
    assert.deepEqual(await storedKeys(shop.redis!), []);
  });

  test('who sends something wrong gets no cookie and leaves no record', async () => {
    await using shop = await openShop('redis');

    for (const url of ['/login', '/signup', '/cart/lines', '/cart/clear', '/logout', '/nowhere']) {
      assert.deepEqual(setCookies(await new Browser(shop).post(url)), []);
    }
    assert.deepEqual(await storedKeys(shop.redis!), []);
  });

  test('who puts something in the cart gets one session and one cart', async () => {
    await using shop = await openShop('redis');

    const page = await new Browser(shop).add('weekender');
    assert.equal(setCookies(page).length, 1);
    const kinds = (await storedKeys(shop.redis!)).map((key) => key.split(':', 1)[0]);
    assert.deepEqual(kinds.filter((kind) => kind === 'session').length, 1);
    assert.deepEqual(kinds.filter((kind) => kind === 'cart').length, 1);
  });
});

suite('the cookie', () => {
  test('is out of reach for scripts and other sites', async () => {
    await using shop = await openShop('sqlite');

    const [cookie] = sessionCookies(await new Browser(shop).signUp(newPerson()));
    assert.match(cookie!, /^satchel-3000=[\w-]{43}\.[^;]+; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  test('behind TLS is Secure and bound to this very host', async () => {
    await using shop = await openShop('sqlite', productionSettings);

    const [cookie] = sessionCookies(await new Browser(shop, throughProxy).signUp(newPerson()));
    assert.match(cookie!, /^__Host-satchel=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  });

  test('of a session that is gone is left alone: another tab may have just been given a new one', async () => {
    await using shop = await openShop('sqlite', productionSettings);
    const browser = new Browser(shop, throughProxy);
    await browser.signUp(newPerson());
    const tab = new Browser(shop, throughProxy);
    tab.cookies.set('__Host-satchel', browser.cookies.get('__Host-satchel')!);
    await browser.signOut();

    const page = await tab.get('/shop');
    assert.equal(page.status, 200);
    assert.deepEqual(setCookies(page), []);
  });

  test('is not sent again with every page', async () => {
    await using shop = await openShop('sqlite');
    const browser = new Browser(shop);
    const ada = newPerson();
    await browser.signUp(ada);
    await browser.get('/');

    assert.deepEqual(setCookies(await browser.get('/')), []);
    assert.deepEqual(setCookies(await browser.get('/shop')), []);
    assert.deepEqual(setCookies(await browser.add('weekender')), []);
  });

  for (const value of [
    '',
    '.',
    'x',
    'x.y',
    '%',
    '%00',
    '"',
    'a'.repeat(5000),
    `${'A'.repeat(43)}.`,
    `.${'A'.repeat(43)}`,
  ]) {
    test(`${JSON.stringify(value.slice(0, 20))} is nobody, and no error of ours`, async () => {
      await using shop = await openShop('sqlite');
      const page = await new Browser(shop, { cookie: `satchel-3000=${value}` }).get('/');

      assert.equal(page.status, 303);
    });
  }

  test('among many others is found', async () => {
    await using shop = await openShop('sqlite');
    const browser = new Browser(shop);
    for (let i = 0; i < 90; i += 1) browser.cookies.set(`c${i}`, 'x');
    await browser.signUp(newPerson());

    assert.equal(await browser.isSignedIn(), true);
  });
});

for (const store of stores) {
  suite(`a new SECRET_KEY on ${store}`, () => {
    test('with the old one behind it signs nobody out, and signs the cookie again', async () => {
      await using shop = await openShop(store);
      const browser = new Browser(shop);
      await browser.signUp(newPerson());
      await browser.add('weekender');
      const old = browser.cookies.get('satchel-3000')!;

      await shop.restart({ SECRET_KEY: `${NEW_SECRET},${SECRET}` });
      const page = await browser.get('/');
      assert.equal(page.status, 200);
      assert.equal(setCookies(page).length, 1);
      const renewed = browser.cookies.get('satchel-3000')!;
      assert.notEqual(renewed, old);
      assert.equal(
        decodeURIComponent(renewed).split('.')[0],
        decodeURIComponent(old).split('.')[0],
      );
      assert.deepEqual(setCookies(await browser.get('/')), []);
    });

    test('alone, after that, still signs nobody out', async () => {
      await using shop = await openShop(store);
      const browser = new Browser(shop);
      await browser.signUp(newPerson());
      await browser.submit('/session', '/session/variables', { key: 'colour', value: 'green' });
      await browser.add('weekender');

      await shop.restart({ SECRET_KEY: `${NEW_SECRET},${SECRET}` });
      await browser.get('/shop');
      await shop.restart({ SECRET_KEY: NEW_SECRET });
      assert.equal(await browser.isSignedIn(), true);
      assert.match((await browser.get('/session')).body, /green/);
      assert.deepEqual(await browser.lines(), { weekender: 1 });
      const { document } = await browser.get('/');
      assert.equal(document.querySelectorAll('.devices li').length, 1);
    });

    test('keeps a remembered cookie remembered', async () => {
      await using shop = await openShop(store);
      const ada = newPerson();
      await new Browser(shop).signUp(ada);
      const phone = new Browser(shop);
      await phone.signIn(ada, { remember: 'yes' });

      await shop.restart({ SECRET_KEY: `${NEW_SECRET},${SECRET}` });
      assert.match(sessionCookies(await phone.get('/'))[0]!, /Expires=/);
    });

    test('without the old one makes everybody a stranger, and is no error', async () => {
      await using shop = await openShop(store);
      const browser = new Browser(shop);
      await browser.signUp(newPerson());

      await shop.restart({ SECRET_KEY: NEW_SECRET });
      assert.equal((await browser.get('/')).status, 303);
    });
  });

  suite(`a session that was ended meanwhile, on ${store}`, () => {
    test('is not brought back by a request that was on its way', async (t) => {
      await using shop = await openShop(store);
      const browser = new Browser(shop);
      await browser.signUp(newPerson());
      const page = await browser.get('/session');
      const otherTab = new Browser(shop);
      otherTab.cookies.set('satchel-3000', browser.cookies.get('satchel-3000')!);

      // The request has loaded its session; the sign-out overtakes it; then it writes.
      const { update } = shop.app.store.sessions;
      t.mock.method(
        shop.app.store.sessions,
        'update',
        async (...args: Parameters<typeof update>) => {
          await browser.send(page, '/logout');
          return update.apply(shop.app.store.sessions, args);
        },
        { times: 1 },
      );
      const fields = { ...formValues(page, '/session/variables'), key: 'a', value: 'b' };
      const late = await otherTab.post('/session/variables', fields);
      assert.equal(late.status, 401);
      assert.equal(late.location, undefined);
      assert.deepEqual(setCookies(late), []);
      assert.equal(await otherTab.isSignedIn(), false);
    });

    test('is not brought back by a page that was on its way', async (t) => {
      await using shop = await openShop(store);
      const browser = new Browser(shop);
      await browser.signUp(newPerson());
      const page = await browser.get('/');
      const otherTab = new Browser(shop);
      otherTab.cookies.set('satchel-3000', browser.cookies.get('satchel-3000')!);

      const { search } = shop.app.products;
      let signedOut: Promise<unknown> | undefined;
      t.mock.method(
        shop.app.products,
        'search',
        (...args: Parameters<typeof search>) => {
          signedOut = browser.send(page, '/logout');
          return search(...args);
        },
        { times: 1 },
      );
      assert.equal((await otherTab.get('/shop')).status, 200);
      await signedOut;
      assert.equal(await otherTab.isSignedIn(), false);
    });
  });
}

suite('a record in Redis', () => {
  const damages: [what: string, damage: (client: Redis, key: string) => Promise<unknown>][] = [
    ['with a changed owner', (client, key) => client.hset(key, ':owner', 'user-someone')],
    [
      'with a field of garbage',
      async (client, key) => {
        const field = (await client.hkeys(key)).find((name) => name !== ':owner');
        return client.hset(key, field!, 'garbage');
      },
    ],
    [
      'with two fields exchanged',
      async (client, key) => {
        const [one, other] = (await client.hkeys(key)).filter((name) => name !== ':owner');
        const value = await client.hgetBuffer(key, one!);
        return client.hset(key, other!, value!);
      },
    ],
    ['with a field we do not know', (client, key) => client.hset(key, 'role', 'admin')],
    [
      'of another kind',
      async (client, key) => {
        await client.del(key);
        await client.set(key, 'text');
      },
    ],
  ];
  for (const [what, damage] of damages) {
    test(`${what} is no session, a line in the log, and no error of ours`, async (t) => {
      await using shop = await openShop('redis');
      const warn = t.mock.method(shop.app.log, 'warn');
      const browser = new Browser(shop);
      await browser.signUp(newPerson());
      const client = new Redis(shop.redis!.url);
      t.after(() => client.disconnect());
      const [key] = (await client.keys('session:*')) as [string];

      await damage(client, key);
      const page = await browser.get('/');
      assert.equal(page.status, 303);
      assert.equal(await client.exists(key), 0);

      const [entry] = warn.mock.calls.map(({ arguments: [what] }) => what as object);
      const { event, session } = entry as { event: string; session: string };
      assert.deepEqual([event, session], ['session_damaged', key.slice('session:'.length)]);
    });
  }
});
