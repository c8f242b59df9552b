import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { suite, test } from 'node:test';
import { errorAnswers } from '../../src/http/error-answers.ts';
import { StoreUnavailable } from '../../src/store/contract/errors.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { Browser, newPerson } from '../support/browser.ts';
import { json, setCookies, trips, words } from '../support/reading.ts';
import { openShop, type Shop } from '../support/shop.ts';

const outages: [what: string, begin: (redis: RedisServer) => unknown][] = [
  ['is down', (redis) => redis.kill()],
  ['hangs', (redis) => redis.pause()],
];

const { title } = errorAnswers.unavailable;

/** The outage ends, and the shop has noticed. */
async function recovered(shop: Shop, end: () => unknown): Promise<void> {
  await end();
  while ((await shop.app.inject('/readyz')).statusCode !== 200) await new Promise(setImmediate);
}

for (const [what, begin] of outages) {
  suite(`while Redis ${what}`, () => {
    test('the shop stays open, with a banner, and the cookie is kept', async () => {
      await using shop = await openShop('redis');
      const browser = new Browser(shop);
      await browser.signUp(newPerson());

      await begin(shop.redis!);
      for (const url of ['/shop', '/shop/weekender', '/shop?q=bag']) {
        const page = await browser.get(url);
        assert.equal(page.status, 200);
        assert.ok(page.document.querySelector('.outage')!.text.includes(title));
        assert.deepEqual(setCookies(page), []);
      }
    });

    test('a page that needs the session says so, and when to come again', async () => {
      await using shop = await openShop('redis');
      const browser = new Browser(shop);
      await browser.signUp(newPerson());

      await begin(shop.redis!);
      for (const url of ['/', '/cart', '/session']) {
        const page = await browser.get(url);
        assert.equal(page.status, 503);
        assert.ok(words(page).includes(title));
        assert.equal(page.headers['retry-after'], '2');
        assert.deepEqual(setCookies(page), []);
      }
    });

    test('an add is refused, and is not a sign-out', async () => {
      await using shop = await openShop('redis');
      const browser = new Browser(shop);
      await browser.signUp(newPerson());
      const form = await browser.get('/shop/weekender');

      await begin(shop.redis!);
      const page = await browser.send(form, '/cart/lines');
      assert.equal(page.status, 503);
      assert.equal(page.headers['retry-after'], '2');
      assert.deepEqual(setCookies(page), []);
    });

    test("a stranger's first add is refused, asks the store once, and sets no cookie", async () => {
      await using shop = await openShop('redis');
      await begin(shop.redis!);

      const line = { product: 'weekender', quantity: 1, change: randomUUID() };
      const page = await new Browser(shop).postJson('/cart/lines', line);
      assert.equal(page.status, 503);
      assert.equal(json(page).code, 'unavailable');
      assert.equal(page.headers['retry-after'], '2');
      assert.deepEqual(setCookies(page), []);
      // Each question to a hung store costs half a second, and the answer comes within one.
      assert.equal(trips(page), 1);
    });

    test('nobody is signed in, and nobody told that their password is wrong', async () => {
      await using shop = await openShop('redis');
      const ada = newPerson();
      await new Browser(shop).signUp(ada);
      await begin(shop.redis!);

      const phone = new Browser(shop);
      const page = await phone.signIn(ada);
      assert.equal(page.status, 503);
      assert.ok(words(page).includes(title));
      assert.equal(phone.cookies.size, 0);
    });

    test('nobody is signed out', async () => {
      await using shop = await openShop('redis');
      const browser = new Browser(shop);
      await browser.signUp(newPerson());
      const form = await browser.get('/shop');

      await begin(shop.redis!);
      const page = await browser.send(form, '/logout');
      assert.equal(page.status, 503);
      assert.deepEqual(setCookies(page), []);
    });

    test('a stranger can look around, without a banner: nothing of theirs is out of reach', async () => {
      await using shop = await openShop('redis');
      await begin(shop.redis!);

      for (const url of ['/shop', '/shop/weekender', '/login', '/signup', '/cart']) {
        const page = await new Browser(shop).get(url);
        assert.equal(page.status, 200);
        assert.equal(page.document.querySelector('.outage'), null);
      }
    });

    test('/livez answers, /readyz does not', async () => {
      await using shop = await openShop('redis');
      await begin(shop.redis!);

      assert.equal((await shop.app.inject('/livez')).statusCode, 200);
      const { statusCode, body } = await shop.app.inject('/readyz');
      assert.equal(statusCode, 503);
      assert.equal(body, 'unavailable\n');
    });
  });
}

const endings: [
  what: string,
  begin: (r: RedisServer) => unknown,
  end: (r: RedisServer) => unknown,
][] = [
  ['a crash', (redis) => redis.kill(), (redis) => redis.start()],
  ['a pause', (redis) => redis.pause(), (redis) => redis.resume()],
];

for (const [what, begin, end] of endings) {
  suite(`after ${what} of Redis`, () => {
    test('everybody is still signed in, with their cart', async () => {
      await using shop = await openShop('redis');
      const browser = new Browser(shop);
      await browser.signUp(newPerson());
      await browser.add('weekender', 2);

      await begin(shop.redis!);
      assert.equal((await browser.get('/')).status, 503);
      await recovered(shop, () => end(shop.redis!));
      assert.equal(await browser.isSignedIn(), true);
      assert.deepEqual(await browser.lines(), { weekender: 2 });
    });

    test('an add sent again under its id is applied once', async () => {
      await using shop = await openShop('redis');
      const browser = new Browser(shop);
      await browser.signUp(newPerson());
      const form = await browser.get('/shop/weekender');

      await begin(shop.redis!);
      assert.equal((await browser.send(form, '/cart/lines')).status, 503);
      await recovered(shop, () => end(shop.redis!));
      await browser.send(form, '/cart/lines');
      await browser.send(form, '/cart/lines');
      assert.deepEqual(await browser.lines(), { weekender: 1 });
    });
  });
}

test('a sign-up that the store refused leaves an account that signs in afterwards', async () => {
  await using shop = await openShop('redis');
  const ada = newPerson();
  const browser = new Browser(shop);

  await shop.redis!.kill();
  assert.equal((await browser.signUp(ada)).status, 503);
  await recovered(shop, () => shop.redis!.start());
  const again = await browser.signUp(ada);
  if (again.status !== 303) await browser.signIn(ada);
  assert.equal(await browser.isSignedIn(), true);
});

test('a shop that starts before its Redis opens, and is ready when Redis is', async () => {
  await using shop = await openShop('redis');
  await shop.redis!.kill();
  await shop.restart();

  assert.equal((await new Browser(shop).get('/shop')).status, 200);
  assert.equal((await shop.app.inject('/readyz')).statusCode, 503);
  await recovered(shop, () => shop.redis!.start());
  const browser = new Browser(shop);
  await browser.add('weekender');
  assert.deepEqual(await browser.lines(), { weekender: 1 });
});

test('an outage right after the id of a session has rotated signs nobody out', async (t) => {
  await using shop = await openShop('sqlite');
  const [browser, ada] = [new Browser(shop), newPerson()];
  await browser.signUp(ada);
  const before = browser.cookies.get('satchel-3000');
  const { rotate } = shop.app.store.sessions;
  // The store answers the rotation, and nothing after it.
  t.mock.method(shop.app.store.sessions, 'rotate', async (...args: Parameters<typeof rotate>) => {
    const fields = await rotate(...args);
    t.mock.method(shop.app.store.sessions, 'update', async () => {
      throw new StoreUnavailable(new Error('down'));
    });
    return fields;
  });

  const { password } = ada;
  const answer = await browser.submit('/account/confirm', '/account/confirm', { password });
  t.mock.restoreAll();
  assert.equal(answer.status, 503);
  assert.notEqual(browser.cookies.get('satchel-3000'), before);
  assert.equal(await browser.isSignedIn(), true);
});
