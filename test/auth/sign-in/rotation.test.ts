import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser, newPerson } from '../../support/browser.ts';
import { setCookies, storedKeys } from '../../support/reading.ts';
import { openShop, stores } from '../../support/shop.ts';
import { shopOfSuite } from '../../support/suite-shop.ts';

for (const store of stores) {
  suite(`the session id on ${store}`, () => {
    const shop = shopOfSuite(store);

    test('is another after sign-in, and the old one is nobody', async () => {
      const ada = newPerson();
      await new Browser(shop).signUp(ada);
      const phone = new Browser(shop);
      await phone.add('weekender');
      const thief = new Browser(shop);
      const old = phone.cookies.get('satchel')!;
      thief.cookies.set('satchel', old);

      await phone.signIn(ada);
      assert.notEqual(phone.cookies.get('satchel'), old);
      assert.equal(await thief.isSignedIn(), false);
      assert.deepEqual(await thief.lines(), {});
    });

    test('is another after sign-up, and the old one is nobody', async () => {
      const browser = new Browser(shop);
      await browser.add('weekender');
      const thief = new Browser(shop);
      const old = browser.cookies.get('satchel')!;
      thief.cookies.set('satchel', old);

      await browser.signUp(newPerson());
      assert.notEqual(browser.cookies.get('satchel'), old);
      assert.equal(await thief.isSignedIn(), false);
      assert.deepEqual(await thief.lines(), {});
    });

    test('is never taken from the browser', async () => {
      const ada = newPerson();
      await new Browser(shop).signUp(ada);
      const invented = `${'A'.repeat(43)}.${'B'.repeat(43)}`;
      const browser = new Browser(shop);
      browser.cookies.set('satchel', invented);

      const page = await browser.get('/shop');
      assert.ok(setCookies(page).every((cookie) => cookie.startsWith('satchel=;')));
      browser.cookies.set('satchel', invented);
      await browser.signIn(ada);
      assert.ok(!browser.cookies.get('satchel')!.startsWith('A'.repeat(43)));
    });
  });
}

suite('the record in the store', () => {
  test('of a guest is gone after the sign-in', async () => {
    await using shop = await openShop('redis');
    const ada = newPerson();
    const browser = new Browser(shop);
    await browser.add('weekender');
    const before = (await storedKeys(shop.redis!)).find((key) => key.startsWith('session:'));

    await browser.signUp(ada);
    const after = (await storedKeys(shop.redis!)).filter((key) => key.startsWith('session:'));
    assert.equal(after.length, 1);
    assert.notEqual(after[0], before);
  });

  test('bears the hash of the id, so that a dump signs nobody in', async () => {
    await using shop = await openShop('redis');
    const browser = new Browser(shop);
    await browser.signUp(newPerson());
    const id = decodeURIComponent(browser.cookies.get('satchel')!).split('.')[0]!;

    const keys = await storedKeys(shop.redis!);
    assert.ok(keys.every((key) => !key.includes(id)));
    assert.ok(keys.some((key) => /^session:[0-9a-f]{64}$/.test(key)));
  });
});
