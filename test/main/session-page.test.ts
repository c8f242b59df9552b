import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Redis } from 'ioredis';
import { Browser, formValues, newPerson, type Page } from '../support/browser.ts';
import { fieldMessages, storedKeys, valueOf, words } from '../support/reading.ts';
import { openShop, stores, type Shop } from '../support/shop.ts';
import { shopOfSuite } from '../support/suite-shop.ts';

const byTheSignIn = { redis_test: 'This is a session variable.' };

async function userOf(shop: Pick<Shop, 'app'>): Promise<Browser> {
  const browser = new Browser(shop);
  await browser.signUp(newPerson());
  return browser;
}

const set = (browser: Browser, key: string, value: string) =>
  browser.submit('/session', '/session/variables', { key, value });

/** Also where the page shows no such variable any more, as in a second tab. */
async function remove(browser: Browser, key: string): Promise<Page> {
  const { _csrf = '' } = formValues(await browser.get('/session'), '/session/variables');
  return browser.post('/session/variables/remove', { key, _csrf });
}

/** The variables as the session page shows them. */
async function variables(browser: Browser): Promise<Record<string, string>> {
  const { document } = await browser.get('/session');
  return Object.fromEntries(
    document
      .querySelectorAll('.variables tbody tr')
      .map((row) => [row.querySelector('th')!.text, row.querySelector('td')!.text]),
  );
}

for (const store of stores) {
  suite(`session variables on ${store}`, () => {
    const shop = shopOfSuite(store);

    test('begin with the one of the article', async () => {
      assert.deepEqual(await variables(await userOf(shop)), byTheSignIn);
    });

    test('can be set, and set again', async () => {
      const browser = await userOf(shop);

      const answer = await set(browser, 'colour', 'green');
      assert.equal(answer.status, 303);
      assert.equal(answer.location, '/session');
      assert.match(words(await browser.follow(answer)), /colour is set\./);
      await set(browser, 'colour', 'red');
      assert.deepEqual(await variables(browser), { ...byTheSignIn, colour: 'red' });
    });

    test('can be removed', async () => {
      const browser = await userOf(shop);

      const answer = await remove(browser, 'redis_test');
      assert.match(words(await browser.follow(answer)), /redis_test is removed\./);
      assert.deepEqual(await variables(browser), {});
    });

    test("are each browser's own", async () => {
      const ada = newPerson();
      const laptop = new Browser(shop);
      const phone = new Browser(shop);
      await laptop.signUp(ada);
      await phone.signIn(ada);

      await set(laptop, 'colour', 'green');
      assert.deepEqual(await variables(phone), byTheSignIn);
    });

    test('set by two requests at once are both kept', async () => {
      const browser = await userOf(shop);
      const page = await browser.get('/session');
      const keys = Array.from({ length: 10 }, (_, i) => `key${i}`);

      await Promise.all(
        keys.map((key) => browser.send(page, '/session/variables', { key, value: key })),
      );
      const expected = Object.fromEntries(keys.map((key) => [key, key]));
      assert.deepEqual(await variables(browser), { ...byTheSignIn, ...expected });
    });

    for (const key of ['constructor', 'toString', 'cookie', 'save', 'destroy', 'memory', 'owner']) {
      test(`may be called ${key}, and that harms nothing`, async () => {
        const browser = await userOf(shop);

        assert.equal((await set(browser, key, 'mine')).status, 303);
        assert.deepEqual(await variables(browser), { ...byTheSignIn, [key]: 'mine' });
        await remove(browser, key);
        assert.deepEqual(await variables(browser), byTheSignIn);
        assert.equal(await browser.isSignedIn(), true);
      });
    }

    test('find room for 50', async () => {
      const browser = await userOf(shop);
      const page = await browser.get('/session');
      const keys = Array.from({ length: 49 }, (_, i) => `key${i}`);
      for (const key of keys) await browser.send(page, '/session/variables', { key, value: '' });

      const refused = await set(browser, 'oneMore', 'value');
      assert.equal(refused.status, 422);
      assert.match(fieldMessages(refused).key!, /room for 50/);
      assert.equal((await set(browser, 'key7', 'changed')).status, 303);
      assert.equal(Object.keys(await variables(browser)).length, 50);
    });
  });
}

suite('a session variable', () => {
  const shop = shopOfSuite('sqlite');

  const keys = ['', ' ', '__proto__', '_private', '9lives', 'a b', 'a/b', 'ключ', 'k'.repeat(41)];
  for (const key of keys) {
    test(`is not called ${JSON.stringify(key)}: 422, and what was entered stays`, async () => {
      const browser = await userOf(shop);

      const page = await set(browser, key, 'a value');
      assert.equal(page.status, 422);
      assert.match(fieldMessages(page).key!, /Begin with a letter/);
      assert.equal(valueOf(page, 'value'), 'a value');
      assert.deepEqual(await variables(browser), byTheSignIn);
    });
  }

  test('holds 500 characters', async () => {
    const browser = await userOf(shop);
    const value = '\u{1F45C}'.repeat(500);

    assert.equal((await set(browser, 'long', value)).status, 303);
    assert.equal((await variables(browser)).long, value);
  });

  test('holds no more than that', async () => {
    const browser = await userOf(shop);

    const page = await set(browser, 'long', 'v'.repeat(501));
    assert.equal(page.status, 422);
    assert.match(fieldMessages(page).value!, /500 characters/);
  });

  for (const value of ['<script>alert(1)</script>', `"'><b>`, '<%= 7*7 %>', '&amp;', '%s %o']) {
    test(`shows ${value} as text`, async () => {
      const browser = await userOf(shop);
      await set(browser, 'text', value);

      assert.equal((await variables(browser)).text, value);
      const { document } = await browser.get('/session');
      assert.equal(document.querySelectorAll('.variables td script, .variables td b').length, 0);
    });
  }

  for (const key of ['nothing', 'toString', 'constructor']) {
    test(`that is not there (${key}) was gone already`, async () => {
      const browser = await userOf(shop);
      await remove(browser, 'redis_test');

      const page = await remove(browser, key);
      assert.match(words(await browser.follow(page)), /It was gone already\./);
    });
  }
});

test('the session page shows under which key the session is kept, never the id', async () => {
  await using shop = await openShop('redis');
  const browser = await userOf(shop);
  const id = decodeURIComponent(browser.cookies.get('satchel')!).split('.')[0]!;

  const page = await browser.get('/session');
  const key = (await storedKeys(shop.redis!)).find((name) => name.startsWith('session:'));
  assert.ok(page.body.includes(key!.slice('session:'.length)));
  assert.ok(!page.body.includes(id));
});

test('session variables stand in Redis sealed, names and values', async () => {
  await using shop = await openShop('redis');
  const browser = await userOf(shop);
  await set(browser, 'favourite', 'a very particular value');
  const client = new Redis(shop.redis!.url);

  const [key] = (await client.keys('session:*')) as [string];
  const record = JSON.stringify(await client.hgetall(key));
  client.disconnect();
  assert.doesNotMatch(record, /favourite|particular|redis_test|session variable/);
});

test('session variables survive a restart of the shop', async () => {
  await using shop = await openShop('sqlite');
  const browser = await userOf(shop);
  await set(browser, 'colour', 'green');

  await shop.restart();
  assert.deepEqual(await variables(browser), { ...byTheSignIn, colour: 'green' });
});
