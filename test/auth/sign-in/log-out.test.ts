import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser, newPerson } from '../../support/browser.ts';
import { productionSettings, throughProxy } from '../../support/production.ts';
import { sessionCookies, storedKeys } from '../../support/reading.ts';
import { openShop, stores } from '../../support/shop.ts';
import { shopOfSuite } from '../../support/suite-shop.ts';

for (const store of stores) {
  suite(`log-out on ${store}`, () => {
    const shop = shopOfSuite(store);

    test('ends the session: the cookie, played back, is nobody', async () => {
      const browser = new Browser(shop);
      await browser.signUp(newPerson());
      const thief = new Browser(shop);
      thief.cookies.set('satchel-3000', browser.cookies.get('satchel-3000')!);

      const answer = await browser.signOut();
      assert.equal(answer.status, 303);
      assert.equal(answer.location, '/login');
      assert.equal(await thief.isSignedIn(), false);
    });

    test('takes the cookie back', async () => {
      const browser = new Browser(shop);
      await browser.signUp(newPerson());

      const cookies = sessionCookies(await browser.signOut());
      assert.equal(cookies.length, 1);
      assert.match(cookies[0]!, /^satchel-3000=;.*Expires=Thu, 01 Jan 1970/);
      assert.equal(browser.cookies.has('satchel-3000'), false);
    });

    test('of one device leaves the others signed in', async () => {
      const ada = newPerson();
      const laptop = new Browser(shop);
      const phone = new Browser(shop);
      await laptop.signUp(ada);
      await phone.signIn(ada);

      await laptop.signOut();
      assert.equal(await phone.isSignedIn(), true);
    });

    test('takes more than a visit: its address leads to the page with the form', async () => {
      const browser = new Browser(shop);
      await browser.signUp(newPerson());

      assert.equal((await browser.get('/logout')).location, '/');
      assert.equal(await browser.isSignedIn(), true);
    });
  });
}

test('after log-out nothing of the session is left in Redis', async () => {
  await using shop = await openShop('redis');
  const browser = new Browser(shop);
  await browser.signUp(newPerson());
  await browser.signOut();

  assert.deepEqual(await storedKeys(shop.redis!), []);
});

test('behind TLS the cookie is taken back in a way that browsers accept for a __Host- name', async () => {
  await using shop = await openShop('sqlite', productionSettings);
  const browser = new Browser(shop, throughProxy);
  await browser.signUp(newPerson());

  const [cookie, ...more] = sessionCookies(await browser.signOut());
  assert.deepEqual(more, []);
  assert.match(cookie!, /^__Host-satchel=;/);
  assert.match(cookie!, /; Secure/);
  assert.match(cookie!, /; Path=\/(;|$)/);
  assert.doesNotMatch(cookie!, /Domain/i);
});
