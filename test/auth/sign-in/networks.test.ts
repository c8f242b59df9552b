import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { MOST_KNOWN } from '../../../src/auth/sign-in/known-device.ts';
import { Browser, newPerson, type Person } from '../../support/browser.ts';
import { day, minute, second } from '../../support/clock.ts';
import { openShop, stores, type Shop } from '../../support/shop.ts';

const proxied = { TRUST_PROXY: '127.0.0.1' };
const at = (shop: Shop, address: string) => new Browser(shop, { 'x-forwarded-for': address });
const wrong = (person: Person) => ({ ...person, password: 'not her password at all' });
const post = (browser: Browser, { email, password }: Person) =>
  browser.post('/login', { email, password });

for (const store of stores) {
  suite(`guesses from other networks on ${store}`, () => {
    test('a stranger who guesses for days keeps the owner out of no new device', async () => {
      await using shop = await openShop(store, proxied);
      const ada = newPerson();
      await at(shop, '192.0.2.1').signUp(ada);

      let guesses = 0;
      for (let elapsed = 0; elapsed < 2 * day;) {
        const page = await post(at(shop, `203.0.113.${guesses % 250}`), wrong(ada));
        if (page.status === 422) guesses += 1;
        const step = Math.max(Number(page.headers['retry-after'] ?? 0) * second, second);
        shop.clock.advance(step);
        elapsed += step;
      }
      assert.ok(guesses > 100, `${guesses} guesses`);
      await post(at(shop, '203.0.113.8'), wrong(ada));
      assert.equal((await post(at(shop, '203.0.113.9'), ada)).status, 429);
      assert.equal((await post(at(shop, '198.51.100.7'), ada)).status, 303);
    });

    test('all networks of an attacker together get 70 guesses at once, and then four an hour', async () => {
      await using shop = await openShop(store, proxied);
      const ada = newPerson();
      await at(shop, '192.0.2.1').signUp(ada);
      const guess = async (network: number) =>
        (await post(at(shop, `10.${network >> 8}.${network & 255}.1`), wrong(ada))).status;

      let looked = 0;
      for (let network = 0; network < 200; network += 1) {
        if ((await guess(network)) === 422) looked += 1;
      }
      assert.ok(looked >= 60 && looked <= 70, `${looked} were looked at`);
      for (let quarter = 0; quarter < 40; quarter += 1) {
        shop.clock.advance(15 * minute);
        for (let network = 200; network < 210; network += 1) {
          if ((await guess(network)) === 422) looked += 1;
        }
      }
      assert.ok(looked <= 130, `${looked} were looked at within ten hours`);
    });
  });
}

suite('known devices', () => {
  test('share one budget of guesses', async () => {
    await using shop = await openShop('sqlite', proxied);
    const ada = newPerson();
    await at(shop, '192.0.2.1').signUp(ada);
    const devices = Array.from({ length: 8 }, (_, index) => at(shop, `10.0.${index}.1`));
    for (const device of devices) {
      await device.signIn(ada);
      await device.signOut();
    }

    const statuses: number[] = [];
    for (const device of devices) {
      for (let guess = 0; guess < 5; guess += 1) {
        statuses.push((await post(device, wrong(ada))).status);
      }
    }
    assert.equal(statuses.filter((status) => status === 422).length, 5);
  });

  test('are unknown after a new password, but for the one on which it was chosen', async () => {
    await using shop = await openShop('sqlite', proxied);
    const ada = newPerson();
    const laptop = at(shop, '192.0.2.1');
    const phone = at(shop, '192.0.2.2');
    await laptop.signUp(ada);
    await phone.signIn(ada);
    const old = phone.cookies.get('known-3000')!;
    const password = 'four other warm words';
    const changed = await laptop.submit('/account', '/account/password', {
      current: ada.password,
      password,
      confirm: password,
    });
    assert.equal(changed.status, 303);
    await laptop.signOut();

    const eve = at(shop, '203.0.113.7');
    for (let guess = 0; guess < 6; guess += 1) await post(eve, wrong(ada));
    eve.cookies.set('known-3000', old);
    assert.equal((await post(eve, wrong(ada))).status, 429);
    eve.cookies.set('known-3000', laptop.cookies.get('known-3000')!);
    assert.equal((await post(eve, wrong(ada))).status, 422);
  });

  test(`are the last ${MOST_KNOWN}; one that signs in again is not counted again`, async () => {
    await using shop = await openShop('sqlite', proxied);
    const ada = newPerson();
    const first = at(shop, '192.0.2.1');
    await first.signUp(ada);
    await first.signOut();
    const eve = at(shop, '203.0.113.7');
    for (let guess = 0; guess < 6; guess += 1) await post(eve, wrong(ada));
    const isKnown = async () => {
      eve.cookies.set('known-3000', first.cookies.get('known-3000')!);
      return (await post(eve, ada)).status === 303;
    };

    for (let more = 1; more < MOST_KNOWN; more += 1) {
      const device = at(shop, `10.0.${more}.1`);
      await device.signIn(ada);
      await device.signOut();
      await device.signIn(ada);
    }
    assert.equal(await isKnown(), true);
    await eve.signOut();
    for (let guess = 0; guess < 6; guess += 1) {
      eve.cookies.delete('known-3000');
      await post(eve, wrong(ada));
    }
    await at(shop, '10.0.99.1').signIn(ada);
    assert.equal(await isKnown(), false);
  });
});

test('each wider block of IPv6 has a limit of its own, and what a narrower one refuses is free', async () => {
  await using shop = await openShop('sqlite', { ...proxied, LIMIT_PER_ADDRESS: '1' });
  const tries = async (address: string) => (await at(shop, address).signIn(newPerson())).status;

  for (let more = 0; more < 20; more += 1) await tries('2001:db8:0:1::1');
  const of56 = await Promise.all([2, 3, 4, 5, 6].map((n) => tries(`2001:db8:0:${n}::1`)));
  assert.equal(of56.filter((status) => status === 422).length, 3);

  const of48: number[] = [];
  for (let block = 1; block < 20; block += 1) of48.push(await tries(`2001:db8:0:${block}00::1`));
  assert.equal(of48.filter((status) => status === 422).length, 12);
  assert.equal(await tries('2001:db8:1:1::1'), 422);
});
