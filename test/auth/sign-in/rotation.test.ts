import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Redis } from 'ioredis';
import { POINTER_LIFETIME } from '../../../src/store/backend.ts';
import { Browser, newPerson } from '../../support/browser.ts';
import { second } from '../../support/clock.ts';
import { setCookies, storedKeys } from '../../support/reading.ts';
import { openShop, stores, type Shop } from '../../support/shop.ts';
import { shopOfSuite } from '../../support/suite-shop.ts';

async function sessionKeys(shop: Shop): Promise<string[]> {
  return (await storedKeys(shop.redis!)).filter((key) => key.startsWith('session:'));
}

for (const store of stores) {
  suite(`the session id on ${store}`, () => {
    const shop = shopOfSuite(store);

    test('is a new one after the sign-in, and the old one is not signed in', async () => {
      const ada = newPerson();
      await new Browser(shop).signUp(ada);
      const phone = new Browser(shop);
      await phone.add('weekender');
      const thief = new Browser(shop);
      const old = phone.cookies.get('satchel-3000')!;
      thief.cookies.set('satchel-3000', old);

      await phone.signIn(ada);
      assert.notEqual(phone.cookies.get('satchel-3000'), old);
      assert.equal(await thief.isSignedIn(), false);
      assert.deepEqual(await thief.lines(), {});
    });

    test('is a new one after the sign-up, and the old one is not signed in', async () => {
      const browser = new Browser(shop);
      await browser.add('weekender');
      const thief = new Browser(shop);
      const old = browser.cookies.get('satchel-3000')!;
      thief.cookies.set('satchel-3000', old);

      await browser.signUp(newPerson());
      assert.notEqual(browser.cookies.get('satchel-3000'), old);
      assert.equal(await thief.isSignedIn(), false);
      assert.deepEqual(await thief.lines(), {});
    });

    test('is never taken from the browser', async () => {
      const ada = newPerson();
      await new Browser(shop).signUp(ada);
      const invented = `${'A'.repeat(43)}.${'B'.repeat(43)}`;
      const browser = new Browser(shop);
      browser.cookies.set('satchel-3000', invented);

      const page = await browser.get('/shop');
      assert.ok(setCookies(page).every((cookie) => cookie.startsWith('satchel-3000=;')));
      browser.cookies.set('satchel-3000', invented);
      await browser.signIn(ada);
      assert.ok(!browser.cookies.get('satchel-3000')!.startsWith('A'.repeat(43)));
    });
  });
}

suite('the record in the store', () => {
  test('of a guest holds nothing but a pointer after the sign-in, for at most 30 s', async () => {
    await using shop = await openShop('redis');
    const browser = new Browser(shop);
    await browser.add('weekender');
    const [before = ''] = await sessionKeys(shop);

    await browser.signUp(newPerson());
    const others = (await sessionKeys(shop)).filter((key) => key !== before);
    assert.equal(others.length, 1);
    const client = new Redis(shop.redis!.url);
    const fields = await client.hgetall(before);
    const lifetime = await client.pttl(before);
    client.disconnect();
    assert.deepEqual(Object.keys(fields).sort(), [':pointer', ':successor']);
    assert.equal(fields[':successor'], others[0]);
    assert.equal(POINTER_LIFETIME, 30 * second);
    assert.ok(lifetime > 0 && lifetime <= POINTER_LIFETIME, `${lifetime} ms`);
  });

  test('is stored under the hash of the id, so that a copy of the store signs nobody in', async () => {
    await using shop = await openShop('redis');
    const browser = new Browser(shop);
    await browser.signUp(newPerson());
    const id = decodeURIComponent(browser.cookies.get('satchel-3000')!).split('.')[0]!;

    const keys = await storedKeys(shop.redis!);
    assert.ok(keys.every((key) => !key.includes(id)));
    assert.ok(keys.some((key) => /^session:[0-9a-f]{64}$/.test(key)));
  });
});
