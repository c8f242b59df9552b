import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser, newPerson } from '../../support/browser.ts';
import { words } from '../../support/reading.ts';
import { stores } from '../../support/shop.ts';
import { shopOfSuite } from '../../support/suite-shop.ts';

for (const store of stores) {
  suite(`two carts become one at sign-in, on ${store}`, () => {
    const shop = shopOfSuite(store);

    /** Someone whose cart holds two Weekenders, on a laptop. */
    const user = async () => {
      const ada = newPerson();
      const laptop = new Browser(shop);
      await laptop.signUp(ada);
      await laptop.add('weekender', 2);
      return { ada, laptop };
    };

    for (const [mine, theirs] of [
      [2, 5],
      [2, 1],
      [2, 2],
    ] as const) {
      test(`of ${mine} and ${theirs} of a thing the larger is taken`, async () => {
        const { ada, laptop } = await user();
        const phone = new Browser(shop);
        await phone.add('weekender', theirs);

        await phone.signIn(ada);
        assert.deepEqual(await laptop.lines(), { weekender: Math.max(mine, theirs) });
      });
    }

    test('signing in twice doubles nothing', async () => {
      const { ada } = await user();
      const phone = new Browser(shop);
      await phone.add('field-satchel', 3);
      await phone.signIn(ada);
      await phone.signOut();
      await phone.signIn(ada);

      assert.deepEqual(await phone.lines(), { weekender: 2, 'field-satchel': 3 });
    });

    test('a notice says what was added, with a way back', async () => {
      const { ada } = await user();
      const phone = new Browser(shop);
      await phone.add('field-satchel');
      await phone.signIn(ada);

      const page = await phone.get('/cart');
      assert.match(words(page), /We added what was in this browser: Field Satchel\./);
      assert.ok(page.document.querySelector('form[action="/cart/undo"]'));
    });

    test('a refused sign-in leaves the guest their cart', async () => {
      const { ada } = await user();
      const phone = new Browser(shop);
      await phone.add('field-satchel');

      await phone.signIn({ ...ada, password: 'not her password at all' });
      assert.deepEqual(await phone.lines(), { 'field-satchel': 1 });
    });

    test("after sign-out the browser's cart is empty, and the user's stays", async () => {
      const { ada, laptop } = await user();
      await laptop.signOut();
      assert.deepEqual(await laptop.lines(), {});

      const phone = new Browser(shop);
      await phone.signIn(ada);
      assert.deepEqual(await phone.lines(), { weekender: 2 });
    });

    test('the next person on the same browser never sees the cart of the one before', async () => {
      const { laptop } = await user();
      const next = newPerson('Grace');
      await laptop.signOut();
      await laptop.add('field-satchel');

      await laptop.signUp(next);
      assert.deepEqual(await laptop.lines(), { 'field-satchel': 1 });
      assert.doesNotMatch((await laptop.get('/cart')).body, /weekender/);
    });

    test('a change that a form of the guest sends after the sign-in reaches the cart of the user', async () => {
      const { ada } = await user();
      const phone = new Browser(shop);
      await phone.add('field-satchel');
      const oldTab = await phone.get('/shop/corner-sling');
      await phone.signIn(ada);

      const expired = await phone.send(oldTab, '/cart/lines');
      assert.equal(expired.status, 403);
      await phone.send(expired, '/cart/lines');
      assert.deepEqual(await phone.lines(), {
        weekender: 2,
        'field-satchel': 1,
        'corner-sling': 1,
      });
    });
  });
}
