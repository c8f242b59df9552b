import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser, newPerson } from '../support/browser.ts';
import { day, hour, second } from '../support/clock.ts';
import { sessionCookies, setCookies } from '../support/reading.ts';
import { openShop, stores, type Shop } from '../support/shop.ts';

async function remembered(shop: Shop): Promise<Browser> {
  const ada = newPerson();
  await new Browser(shop).signUp(ada);
  const phone = new Browser(shop);
  await phone.signIn(ada, { remember: 'yes' });
  return phone;
}

for (const store of stores) {
  suite(`with time, on ${store}`, () => {
    test('a session ends that nobody used for 14 days', async () => {
      await using shop = await openShop(store);
      const browser = new Browser(shop);
      await browser.signUp(newPerson());

      shop.clock.advance(14 * day + second);
      assert.equal(await browser.isSignedIn(), false);
    });

    test('a session lives on that is used', async () => {
      await using shop = await openShop(store);
      const browser = new Browser(shop);
      await browser.signUp(newPerson());

      for (let visit = 0; visit < 5; visit += 1) {
        shop.clock.advance(13 * day);
        assert.equal(await browser.isSignedIn(), true);
      }
    });

    test('a session ends after 90 days, however much it is used', async () => {
      await using shop = await openShop(store);
      const browser = new Browser(shop);
      await browser.signUp(newPerson());

      for (let passed = 0; passed < 89; passed += 1) {
        shop.clock.advance(day);
        assert.equal(await browser.isSignedIn(), true);
      }
      shop.clock.advance(day);
      assert.equal(await browser.isSignedIn(), false);
    });

    test('both lifetimes are settings', async () => {
      await using shop = await openShop(store, {
        SESSION_IDLE_TTL: '1h',
        SESSION_ABSOLUTE_TTL: '2h',
      });
      const browser = new Browser(shop);
      await browser.signUp(newPerson());

      shop.clock.advance(hour - second);
      assert.equal(await browser.isSignedIn(), true);
      shop.clock.advance(hour - second);
      assert.equal(await browser.isSignedIn(), true);
      shop.clock.advance(2 * second);
      assert.equal(await browser.isSignedIn(), false);
    });

    test('a session that ended is not listed among the devices', async () => {
      await using shop = await openShop(store);
      const ada = newPerson();
      const laptop = new Browser(shop);
      await laptop.signUp(ada);

      shop.clock.advance(15 * day);
      const phone = new Browser(shop);
      await phone.signIn(ada);
      const { document } = await phone.get('/');
      assert.equal(document.querySelectorAll('.devices li').length, 1);
    });

    test('a remembered cookie is sent again only in the second half of its life', async () => {
      await using shop = await openShop(store);
      const phone = await remembered(shop);

      shop.clock.advance(7 * day - second);
      assert.deepEqual(setCookies(await phone.get('/')), []);
      shop.clock.advance(2 * second);
      assert.match(sessionCookies(await phone.get('/'))[0]!, /^satchel-3000=[^;]+;.*Expires=/);
      assert.deepEqual(setCookies(await phone.get('/')), []);
    });

    test('a cookie that ends with the browser is not sent again', async () => {
      await using shop = await openShop(store);
      const browser = new Browser(shop);
      await browser.signUp(newPerson());
      await browser.get('/');

      shop.clock.advance(13 * day);
      assert.deepEqual(setCookies(await browser.get('/')), []);
    });

    test("a guest's cart is gone 30 days after its last change, a user's is not", async () => {
      await using shop = await openShop(store, { SESSION_IDLE_TTL: '80d' });
      const guest = new Browser(shop);
      const user = new Browser(shop);
      // As every browser does. A guest who never comes back is forgotten sooner.
      await guest.follow(await guest.add('weekender'));
      await user.signUp(newPerson());
      await user.add('weekender');

      shop.clock.advance(30 * day - second);
      assert.deepEqual(await guest.lines(), { weekender: 1 });
      shop.clock.advance(2 * second);
      assert.deepEqual(await guest.lines(), {});
      assert.deepEqual(await user.lines(), { weekender: 1 });
    });

    test('nobody is a user without having signed in again, and the cart is there then', async () => {
      await using shop = await openShop(store);
      const ada = newPerson();
      const browser = new Browser(shop);
      await browser.signUp(ada);
      await browser.add('weekender');

      shop.clock.advance(91 * day);
      assert.deepEqual(await browser.lines(), {});
      await browser.signIn(ada);
      assert.deepEqual(await browser.lines(), { weekender: 1 });
    });
  });
}
