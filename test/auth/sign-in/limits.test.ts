import assert from 'node:assert/strict';
import { mock, suite, test } from 'node:test';
import { Piscina } from 'piscina';
import { Browser, newPerson, type Page, type Person } from '../../support/browser.ts';
import { minute, second } from '../../support/clock.ts';
import { productionSettings, throughProxy } from '../../support/production.ts';
import {
  fieldMessages,
  json,
  setCookies,
  storedKeys,
  valueOf,
  words,
} from '../../support/reading.ts';
import { openShop, stores, type Shop } from '../../support/shop.ts';
import { shopOfSuite } from '../../support/suite-shop.ts';

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const wrong = (person: Person) => ({ ...person, password: 'not her password at all' });

/** Somebody at an address of their own, behind the proxy of `proxied`. */
const at = (shop: Pick<Shop, 'app'>, address: string) =>
  new Browser(shop, { 'x-forwarded-for': address });

const proxied = { TRUST_PROXY: '127.0.0.1' };

/** Every hash is a job for the pool of threads. */
const countHashes = () => mock.method(Piscina.prototype, 'run').mock;

/** Wrong guesses until the next must wait for minutes, which no test takes. */
async function lockAccount(shop: Pick<Shop, 'app' | 'clock'>, person: Person): Promise<void> {
  for (;;) {
    const page = await new Browser(shop).signIn(wrong(person));
    const seconds = Number(page.headers['retry-after'] ?? 0);
    if (seconds > 120) return;
    shop.clock.advance(seconds * second);
  }
}

for (const store of stores) {
  suite(`log-in after wrong passwords on ${store}`, () => {
    const shop = shopOfSuite(store);

    test('five are free, then there is a wait that the answer names', async () => {
      const ada = newPerson();
      await new Browser(shop).signUp(ada);

      const pages = await Promise.all(
        times(6, () => new Browser(shop).signIn(wrong(ada), { remember: 'yes', next: '/cart' })),
      );
      assert.equal(pages.filter(({ status }) => status === 422).length, 5);
      const page = pages.find(({ status }) => status === 429)!;
      assert.equal(page.headers['retry-after'], '1');
      assert.match(fieldMessages(page).password!, /Too many attempts. Please wait 1 second, then/);
      assert.equal(valueOf(page, 'email'), ada.email);
      assert.equal(valueOf(page, 'next'), '/cart');
      assert.ok(!page.body.includes(ada.password));
    });

    test('after the wait the right password signs in, and what failed is forgiven', async () => {
      const ada = newPerson();
      await new Browser(shop).signUp(ada);
      await lockAccount(shop, ada);
      shop.clock.advance(15 * minute);

      assert.equal((await new Browser(shop).signIn(ada)).status, 303);
      for (const _ of times(5, String)) {
        assert.equal((await new Browser(shop).signIn(wrong(ada))).status, 422);
      }
    });

    test('a restart forgives nothing', async () => {
      await using shop = await openShop(store);
      const ada = newPerson();
      await new Browser(shop).signUp(ada);
      await lockAccount(shop, ada);

      await shop.restart();
      assert.equal((await new Browser(shop).signIn(ada)).status, 429);
    });

    test('a script hears of the wait as problem details', async () => {
      const ada = newPerson();
      await lockAccount(shop, ada);

      const page = await new Browser(shop).postJson('/login', {
        email: ada.email,
        password: ada.password,
      });
      assert.equal(page.status, 429);
      assert.equal(page.headers['content-type'], 'application/problem+json; charset=utf-8');
      assert.equal(json(page).code, 'slow-down');
      assert.match(String(json(page).detail), /Please wait \d minutes, then try again/);
      assert.ok(Number(page.headers['retry-after']) >= 1);
    });
  });
}

suite('an account that does not exist', () => {
  test('is refused with the same page and the same headers as one that does', async () => {
    await using shop = await openShop('sqlite');
    const ada = newPerson();
    const nobody = newPerson();
    await new Browser(shop).signUp(ada);
    const seen = async (person: Person) => {
      const pages = [];
      for (const _ of times(5, String)) pages.push(await new Browser(shop).signIn(wrong(person)));
      await lockAccount(shop, person);
      pages.push(await new Browser(shop).signIn(wrong(person)));
      return pages.map(({ status, headers, body }) => {
        const { date: _date, 'server-timing': timing, 'retry-after': _wait, ...others } = headers;
        const trips = String(timing).split(';dur', 1)[0];
        return {
          status,
          headers: others,
          trips,
          body: body.replaceAll(person.email, '').replace(/wait \d+/g, 'wait'),
        };
      });
    };

    assert.deepEqual(await seen(nobody), await seen(ada));
  });
});

suite('a thousand wrong guesses for one account, each from a network of its own', () => {
  for (const store of stores) {
    test(`at most 100 are checked, and the owner signs in where they did before (${store})`, async (t) => {
      await using shop = await openShop(store, proxied);
      const ada = newPerson();
      const laptop = at(shop, '192.0.2.1');
      await laptop.signUp(ada);
      await laptop.signOut();
      const checks = countHashes();
      const guess = (index: number) =>
        at(shop, `2001:db8:0:${index.toString(16)}::1`).post('/login', {
          email: ada.email,
          password: `guess number ${index} of many`,
        });

      const pages: Page[] = [];
      for (let made = 0; made < 1000; made += 20) {
        pages.push(...(await Promise.all(times(20, (index) => guess(made + index)))));
      }
      const checked = checks.callCount();
      const refused = pages.filter(({ status }) => status === 429);
      t.diagnostic(`${checked} of 1000 were checked`);
      assert.ok(checked >= 5 && checked <= 100, `${checked} were checked`);
      assert.equal(refused.length, 1000 - checked);
      assert.ok(refused.every(({ headers }) => Number(headers['retry-after']) >= 1));

      assert.equal((await laptop.signIn(ada)).status, 303);
    });
  }
});

suite('a known device', () => {
  const shop = shopOfSuite('sqlite');

  test('is one where somebody signed in or up; guests have no cookie for it', async () => {
    const ada = newPerson();
    const laptop = new Browser(shop);
    assert.deepEqual(setCookies(await laptop.get('/login')), []);
    assert.deepEqual(setCookies(await laptop.signIn(ada)), []);

    await laptop.signUp(ada);
    assert.ok(laptop.cookies.has('known-3000'));
    await laptop.signOut();
    assert.ok(laptop.cookies.has('known-3000'), 'signing out forgets nothing');
  });

  test('has failures of its own, and waits for them', async () => {
    const ada = newPerson();
    const laptop = new Browser(shop);
    await laptop.signUp(ada);
    await laptop.signOut();
    await lockAccount(shop, ada);

    const pages = await Promise.all(times(6, () => laptop.signIn(wrong(ada))));
    assert.equal(pages.filter(({ status }) => status === 422).length, 5);
    assert.equal(pages.filter(({ status }) => status === 429).length, 1);
  });

  test('is known for one account only', async () => {
    const ada = newPerson();
    const eve = newPerson();
    const evesLaptop = new Browser(shop);
    await new Browser(shop).signUp(ada);
    await evesLaptop.signUp(eve);
    await evesLaptop.signOut();
    await lockAccount(shop, ada);

    assert.equal((await evesLaptop.signIn(wrong(ada))).status, 429);
  });

  test('cannot be invented', async () => {
    const ada = newPerson();
    await new Browser(shop).signUp(ada);
    await lockAccount(shop, ada);

    for (const known of ['x', '.', 'a.b', `${'A'.repeat(22)}.${'B'.repeat(43)}`]) {
      const liar = new Browser(shop);
      liar.cookies.set('known-3000', known);
      assert.equal((await liar.signIn(wrong(ada))).status, 429);
    }
  });

  test('stays known when the secret is rotated', async () => {
    await using shop = await openShop('sqlite', { SECRET_KEY: 'o'.repeat(32) });
    const ada = newPerson();
    const laptop = new Browser(shop);
    await laptop.signUp(ada);
    await laptop.signOut();

    await shop.restart({ SECRET_KEY: `${'n'.repeat(32)},${'o'.repeat(32)}` });
    await lockAccount(shop, ada);
    assert.equal((await laptop.signIn(ada)).status, 303);
  });

  test('has a cookie for this site, and for no script, in production', async () => {
    await using shop = await openShop('sqlite', productionSettings);
    const cookies = setCookies(await new Browser(shop, throughProxy).signUp(newPerson()));
    const known = cookies.find((cookie) => cookie.startsWith('__Host-known='));
    assert.match(known!, /; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  });
});

suite('an address', () => {
  for (const store of stores) {
    test(`has so many tries a minute, for sign-in and sign-up together (${store})`, async () => {
      await using shop = await openShop(store, { ...proxied, LIMIT_PER_ADDRESS: '4' });
      const cafe = '192.0.2.7';
      const answers = [
        await at(shop, cafe).signUp(newPerson()),
        await at(shop, cafe).signIn(newPerson()),
        await at(shop, cafe).signIn(newPerson()),
        await at(shop, cafe).signUp(newPerson()),
      ];
      assert.deepEqual(
        answers.map(({ status }) => status),
        [303, 422, 422, 303],
      );

      const person = newPerson();
      const refused = await at(shop, cafe).signUp(person);
      assert.equal(refused.status, 429);
      assert.ok(Number(refused.headers['retry-after']) <= 60);
      assert.match(words(refused), /Please wait \d+ seconds?, then try again/);
      assert.equal(valueOf(refused, 'name'), person.name);
      assert.equal((await at(shop, cafe).signIn(person)).status, 429);
      assert.equal((await at(shop, '192.0.2.8').signIn(person)).status, 422);

      shop.clock.advance(minute);
      assert.equal((await at(shop, cafe).signUp(person)).status, 303);
    });
  }

  test('of IPv6 counts by the /64, however it is written', async () => {
    await using shop = await openShop('sqlite', { ...proxied, LIMIT_PER_ADDRESS: '1' });
    const tries = async (address: string) => (await at(shop, address).signIn(newPerson())).status;

    assert.equal(await tries('2001:db8:0:1::1'), 422);
    assert.equal(await tries('2001:0db8:0000:0001:ffff:ffff:ffff:ffff'), 429);
    assert.equal(await tries('2001:DB8::1:0:0:0:2'), 429);
    assert.equal(await tries('2001:db8:0:2::1'), 422);
    assert.equal(await tries('192.0.2.9'), 422);
    assert.equal(await tries('::ffff:192.0.2.9'), 429);
  });
});

suite('what limits cost', () => {
  test('a refused try is not checked, any other once, whether there is an account or not', async () => {
    await using shop = await openShop('sqlite');
    const ada = newPerson();
    await new Browser(shop).signUp(ada);
    const checks = countHashes();

    for (const person of [ada, newPerson()]) {
      checks.resetCalls();
      await new Browser(shop).signIn(wrong(person));
      assert.equal(checks.callCount(), 1);
      await lockAccount(shop, person);
      checks.resetCalls();
      await new Browser(shop).signIn(person);
      assert.equal(checks.callCount(), 0);
    }
  });

  test('names neither people nor addresses, and ends by itself', async () => {
    await using shop = await openShop('redis', { ...proxied, LIMIT_PER_ADDRESS: '60' });
    const before = new Set(await storedKeys(shop.redis!));
    await at(shop, '192.0.2.1').signIn(newPerson());

    const keys = (await storedKeys(shop.redis!)).filter((key) => !before.has(key));
    // One for the address, one for the account, and one for the account and the network.
    assert.equal(keys.length, 3);
    for (const key of keys) assert.match(key, /^(uses|failures):\{[\w-]{43}\}(:[\w-]{43})?$/);
  });
});
