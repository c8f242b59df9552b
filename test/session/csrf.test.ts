import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { suite, test } from 'node:test';
import { errorAnswers } from '../../src/http/error-answers.ts';
import { Browser, formValues, newPerson, type Page } from '../support/browser.ts';
import { productionSettings, throughProxy } from '../support/production.ts';
import { json, setCookies, storedKeys, valueOf, words } from '../support/reading.ts';
import { openShop, stores } from '../support/shop.ts';
import { shopOfSuite } from '../support/suite-shop.ts';

/** Instead of what a browser says on a page of ours. */
const withoutFetchSite = { 'sec-fetch-site': undefined };

/** The token in the forms of a page; empty where there is none. */
function csrfTokenOf(page: Page): string {
  return page.document.querySelector('input[name="_csrf"]')?.getAttribute('value') ?? '';
}

const foreign: [from: string, headers: Record<string, string | undefined>][] = [
  ['another site', { 'sec-fetch-site': 'cross-site' }],
  ['a sibling domain', { 'sec-fetch-site': 'same-site' }],
  ['the address bar', { 'sec-fetch-site': 'none' }],
  ['a header we do not know', { 'sec-fetch-site': 'SAME-ORIGIN' }],
  ['nowhere: neither header', withoutFetchSite],
  ['an opaque origin', { ...withoutFetchSite, origin: 'null' }],
  ['an empty origin', { ...withoutFetchSite, origin: '' }],
  ['another origin', { ...withoutFetchSite, origin: 'https://evil.example' }],
  ['a longer name', { ...withoutFetchSite, origin: 'http://localhost:3000.evil.example' }],
  ['another port', { ...withoutFetchSite, origin: 'http://localhost:4000' }],
  ['another scheme', { ...withoutFetchSite, origin: 'https://localhost:3000' }],
  ['a subdomain', { ...withoutFetchSite, origin: 'http://app.localhost:3000' }],
  ['our origin with a path', { ...withoutFetchSite, origin: 'http://localhost:3000/' }],
  [
    'another site that also forges an Origin',
    { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:3000' },
  ],
  ['a Referer of another site', { ...withoutFetchSite, referer: 'https://evil.example/login' }],
  [
    'a Referer that only contains our name',
    { ...withoutFetchSite, referer: 'https://evil.example/?http://localhost:3000/' },
  ],
  ['a Referer that is no address', { ...withoutFetchSite, referer: 'localhost:3000' }],
  [
    'an opaque origin with a Referer of ours',
    { ...withoutFetchSite, origin: 'null', referer: 'http://localhost:3000/login' },
  ],
  [
    'another site, with a Referer of ours',
    { 'sec-fetch-site': 'cross-site', referer: 'http://localhost:3000/login' },
  ],
];

/** What a browser says that sends no Sec-Fetch-Site: an older one, and one in a terminal such as lynx or w3m. */
const own: [what: string, headers: Record<string, string | undefined>][] = [
  ['Origin', { ...withoutFetchSite, origin: 'http://localhost:3000' }],
  ['Origin in capitals', { ...withoutFetchSite, origin: 'HTTP://LocalHost:3000' }],
  ['Referer', { ...withoutFetchSite, referer: 'http://localhost:3000/shop/weekender?a=b' }],
  ['Referer without a path', { ...withoutFetchSite, referer: 'http://localhost:3000' }],
];

suite('lock one: a form comes from our own origin', () => {
  const shop = shopOfSuite('redis');
  const guest = () => new Browser(shop, { host: 'localhost:3000' });

  for (const [from, headers] of foreign) {
    test(`a log-in from ${from} is refused before the password is looked at`, async (t) => {
      const ada = newPerson();
      await guest().signUp(ada);
      const lookedUp = t.mock.method(shop.app.users, 'findByEmail');
      const before = await storedKeys(shop.redis!);

      const { email, password } = ada;
      const page = await guest().post('/login', { email, password }, headers);
      assert.equal(page.status, 403);
      assert.ok(words(page).includes(errorAnswers['cross-site'].title));
      assert.equal(lookedUp.mock.callCount(), 0);
      assert.deepEqual(setCookies(page), []);
      assert.deepEqual(await storedKeys(shop.redis!), before);
    });

    test(`a sign-up from ${from} is refused and makes no account`, async () => {
      const ada = newPerson();
      const fields = { ...ada, confirm: ada.password };

      const page = await guest().post('/signup', fields, headers);
      assert.equal(page.status, 403);
      assert.equal(shop.app.users.findByEmail(ada.email), undefined);
    });

    test(`an add from ${from} is refused and changes nothing`, async () => {
      const browser = guest();
      await browser.add('weekender');
      const line = { product: 'weekender', quantity: '1', change: randomUUID() };

      assert.equal((await browser.post('/cart/lines', line, headers)).status, 403);
      assert.equal((await browser.postJson('/cart/lines', line, headers)).status, 403);
      assert.deepEqual(await browser.lines(), { weekender: 1 });
    });

    test(`a log-out from ${from} is refused, right token or not`, async () => {
      const browser = guest();
      await browser.signUp(newPerson());
      const fields = formValues(await browser.get('/'), '/logout');

      assert.equal((await browser.post('/logout', fields, headers)).status, 403);
      assert.equal(await browser.isSignedIn(), true);
    });
  }

  for (const [what, headers] of own) {
    test(`our own ${what} is enough where a browser sends no Sec-Fetch-Site`, async () => {
      const browser = guest();
      const ada = newPerson();
      const entered = { ...ada, confirm: ada.password };
      const line = { product: 'weekender', quantity: '1', change: randomUUID() };

      assert.equal((await browser.post('/signup', entered, headers)).status, 303);
      assert.equal(await browser.isSignedIn(), true);
      assert.equal((await guest().post('/cart/lines', line, headers)).status, 303);
    });
  }

  test('a refused form costs no question to the store', async () => {
    const browser = guest();
    await browser.add('weekender');

    const page = await browser.post('/cart/clear', {}, { 'sec-fetch-site': 'cross-site' });
    assert.match(String(page.headers['server-timing'] ?? 'store;desc="0 trips"'), /"0 trips"/);
  });

  test('a link to a page may stand anywhere', async () => {
    const link = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    for (const site of ['cross-site', 'same-site', 'none']) {
      const page = await guest().get('/shop', { ...link, 'sec-fetch-site': site });
      assert.equal(page.status, 200);
    }
  });

  test('a caller that wants JSON is told in JSON', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' };

    const page = await guest().postJson('/cart/clear', {}, headers);
    assert.equal(page.status, 403);
    assert.equal(json(page).code, 'cross-site');
  });
});

suite('lock one in production', () => {
  const shop = shopOfSuite('sqlite', productionSettings);
  const line = () => ({ product: 'weekender', quantity: '1', change: randomUUID() });

  test('takes the public origin', async () => {
    const headers = { ...withoutFetchSite, origin: 'https://shop.example' };
    const page = await new Browser(shop, throughProxy).post('/cart/lines', line(), headers);

    assert.equal(page.status, 303);
  });

  for (const origin of [
    'http://shop.example',
    'https://app.shop.example',
    'https://shop.example:8443',
    'https://shop.example.evil.example',
    'http://localhost:3000',
    'null',
  ]) {
    test(`refuses ${origin}`, async () => {
      const headers = { ...withoutFetchSite, origin };
      const page = await new Browser(shop, throughProxy).post('/cart/lines', line(), headers);

      assert.equal(page.status, 403);
    });
  }
});

for (const store of stores) {
  suite(`lock two on ${store}: a user's form carries their session's token`, () => {
    const shop = shopOfSuite(store);
    const user = async () => {
      const browser = new Browser(shop);
      await browser.signUp(newPerson());
      return browser;
    };
    const line = () => ({ product: 'weekender', quantity: '1', change: randomUUID() });
    const tokenOf = async (browser: Browser) => csrfTokenOf(await browser.get('/'));

    test('with it the form is taken', async () => {
      const browser = await user();
      const token = await tokenOf(browser);

      const page = await browser.post('/cart/lines', { ...line(), _csrf: token });
      assert.equal(page.status, 303);
    });

    test('in a header it is as good, for JSON', async () => {
      const browser = await user();
      const headers = { 'x-csrf-token': await tokenOf(browser) };

      assert.equal((await browser.postJson('/cart/lines', line(), headers)).status, 422);
      const numbers = { ...line(), quantity: 1 };
      assert.equal((await browser.postJson('/cart/lines', numbers, headers)).status, 200);
    });

    const wrong: [what: string, token: (browser: Browser) => Promise<string> | string][] = [
      ['no token', () => ''],
      ['an invented token', () => 'abcdefgh-ijklmnopqrstuvwxyz0123456789'],
      ['a token with one letter changed', async (browser) => `${await tokenOf(browser)}x`],
      ["another session's token", async () => tokenOf(await user())],
      [
        "their own token of another device's session",
        async () => {
          const ada = newPerson();
          const laptop = new Browser(shop);
          await laptop.signUp(ada);
          return tokenOf(laptop);
        },
      ],
    ];
    for (const [what, token] of wrong) {
      test(`with ${what} it is not, though it comes from our origin`, async () => {
        const browser = await user();
        const guess = await token(browser);

        const answer = await browser.post('/cart/lines', { ...line(), _csrf: guess });
        assert.equal(answer.status, 403);
        assert.deepEqual(await browser.lines(), {});
        assert.equal((await browser.post('/logout', { _csrf: guess })).status, 403);
        assert.equal(await browser.isSignedIn(), true);
      });
    }

    test('of the session before, it is worth nothing after another sign-in', async () => {
      const ada = newPerson();
      const browser = new Browser(shop);
      await browser.signUp(ada);
      const old = await tokenOf(browser);
      await browser.signOut();
      await browser.signIn(ada);

      assert.equal((await browser.post('/cart/lines', { ...line(), _csrf: old })).status, 403);
    });

    test('a token as a list, a number or an object is refused like a wrong one', async () => {
      const browser = await user();

      for (const guess of [['x'], 1, {}, true, null]) {
        const fields = { ...line(), quantity: 1, _csrf: guess };
        const page = await browser.postJson('/cart/lines', fields);
        assert.equal(page.status, 403);
      }
    });

    test('a guest needs none', async () => {
      const page = await new Browser(shop).get('/shop/weekender');

      assert.equal(csrfTokenOf(page), '');
      assert.deepEqual(setCookies(page), []);
    });
  });
}

suite('a form from before the sign-in', () => {
  const shop = shopOfSuite('sqlite');

  test('comes back filled in, and works at the second press', async () => {
    const browser = new Browser(shop);
    const oldTab = await browser.get('/shop/weekender');
    await browser.signUp(newPerson());

    const again = await browser.send(oldTab, '/cart/lines', { quantity: '3' });
    assert.equal(again.status, 403);
    assert.match(words(again), /This form has expired/);
    assert.equal(valueOf(again, 'quantity'), '3');
    assert.equal(valueOf(again, 'product'), 'weekender');
    const answer = await browser.send(again, '/cart/lines');
    assert.equal(answer.status, 303);
    assert.deepEqual(await browser.lines(), { weekender: 3 });
  });

  test('keeps its change id, so that it is still applied once', async () => {
    const browser = new Browser(shop);
    const oldTab = await browser.get('/shop/weekender');
    await browser.signUp(newPerson());

    const again = await browser.send(oldTab, '/cart/lines');
    assert.equal(formValues(again, '/cart/lines').change, formValues(oldTab, '/cart/lines').change);
  });

  test('shows no password again', async () => {
    const browser = new Browser(shop);
    const oldTab = await browser.get('/login');
    await browser.signUp(newPerson());

    const again = await browser.send(oldTab, '/login', {
      email: 'someone@example.com',
      password: 'a password to keep quiet',
    });
    assert.equal(again.status, 403);
    assert.ok(!again.body.includes('a password to keep quiet'));
    assert.equal(valueOf(again, 'email'), 'someone@example.com');
  });

  test('shows what was entered as text', async () => {
    const browser = new Browser(shop);
    const markup = '"><script>alert(1)</script>';
    await browser.signUp(newPerson());

    const again = await browser.post('/session/variables', { key: markup, [markup]: markup });
    assert.equal(again.status, 403);
    assert.equal(again.document.querySelectorAll('main script').length, 0);
    assert.equal(valueOf(again, 'key'), markup);
  });
});

test('both locks are closed before passport runs: a wrong token hashes nothing', async (t) => {
  await using shop = await openShop('sqlite');
  const ada = newPerson();
  const browser = new Browser(shop);
  await browser.signUp(ada);
  const lookedUp = t.mock.method(shop.app.users, 'findByEmail');

  const page = await browser.post('/login', { email: ada.email, password: ada.password });
  assert.equal(page.status, 403);
  assert.equal(lookedUp.mock.callCount(), 0);
});

test('after Back from another site, a browser that sends the form again is led to the form', async () => {
  await using shop = await openShop('sqlite');
  const browser = new Browser(shop);
  await browser.signUp(newPerson());
  const fields = { current: 'x', password: 'what another site may have filled in' };
  for (const [action, page] of [
    ['/account/password', '/account'],
    ['/session/variables', '/session'],
    ['/login', '/login'],
    ['/cart/lines/weekender', '/cart'],
  ] as const) {
    const refused = await browser.post(action, fields, { 'sec-fetch-site': 'cross-site' });
    assert.equal(refused.status, 403);
    assert.equal(refused.document.querySelector('main a.button')?.getAttribute('href'), page);
    assert.doesNotMatch(words(refused), /came from another site|forged|verify/i);
    assert.doesNotMatch(refused.body, /what another site may have filled in/);
  }
  const unknown = await browser.post('//evil.example/account', {}, { 'sec-fetch-site': 'none' });
  assert.equal(unknown.document.querySelector('main a.button'), null);
});
