import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { FIRST_VISIT_LIFETIME } from '../../../src/store/backend.ts';
import { Browser } from '../../support/browser.ts';
import { day, hour, minute } from '../../support/clock.ts';
import { json, setCookies, words } from '../../support/reading.ts';
import { openShop, stores, type Shop } from '../../support/shop.ts';

const at = (shop: Shop, address: string) => new Browser(shop, { 'x-forwarded-for': address });

for (const store of stores) {
  suite(`new guests on ${store}`, () => {
    test('so many a minute from one address get a cart, and whoever has one keeps it', async () => {
      await using shop = await openShop(store, {
        TRUST_PROXY: '127.0.0.1',
        LIMIT_PER_ADDRESS: '3',
      });
      const guests = Array.from({ length: 3 }, () => at(shop, '192.0.2.1'));
      for (const guest of guests) assert.equal((await guest.add('weekender')).status, 303);

      const late = at(shop, '192.0.2.1');
      const page = await late.add('weekender');
      assert.equal(page.status, 429);
      assert.ok(Number(page.headers['retry-after']) <= 60);
      assert.match(words(page), /We could not save anything for you just now\. Please wait/);
      assert.deepEqual(setCookies(page), []);
      const change = { product: 'weekender', quantity: 1, change: 'of-a-script' };
      assert.equal(json(await late.postJson('/cart/lines', change)).code, 'too-many-guests');

      assert.equal((await guests[0]!.add('weekender')).status, 303);
      assert.equal((await at(shop, '192.0.2.2').add('weekender')).status, 303);
      // A sign-in is counted apart.
      assert.notEqual((await late.signIn({ email: 'a@example.com', password: 'x' })).status, 429);
      shop.clock.advance(minute);
      assert.equal((await late.add('weekender')).status, 303);
    });

    test('a guest who came back finds the cart for thirty days, and one who did not for hours', async () => {
      await using shop = await openShop(store);
      const back = new Browser(shop);
      const late = new Browser(shop);
      await back.add('weekender');
      await back.get('/cart');
      await late.add('weekender');

      shop.clock.advance(FIRST_VISIT_LIFETIME + hour);
      assert.deepEqual(await late.lines(), {});
      for (let passed = 0; passed < 28; passed += 7) {
        assert.deepEqual(await back.lines(), { weekender: 1 });
        shop.clock.advance(7 * day);
      }
      assert.deepEqual(await back.lines(), { weekender: 1 });
    });
  });
}
