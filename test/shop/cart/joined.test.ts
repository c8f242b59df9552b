import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser, newPerson, type Page } from '../../support/browser.ts';
import { words } from '../../support/reading.ts';
import { stores } from '../../support/shop.ts';
import { shopOfSuite } from '../../support/suite-shop.ts';

const SAID = 'Your carts were combined: we added what was in this browser.';

for (const store of stores) {
  suite(`that two carts were combined, on ${store}`, () => {
    const shop = shopOfSuite(store);

    /** Someone with a cart, and a phone with another one. */
    const withTwoCarts = async () => {
      const ada = newPerson();
      const laptop = new Browser(shop);
      await laptop.signUp(ada);
      await laptop.add('weekender', 2);
      const phone = new Browser(shop);
      await phone.add('field-satchel');
      return { ada, laptop, phone };
    };

    for (const next of ['/', '/shop', '/account']) {
      test(`is said once, on ${next}, when the sign-in leads there`, async () => {
        const { ada, phone } = await withTwoCarts();
        const page = await phone.follow(await phone.signIn(ada, { next }));
        assert.ok(words(page).includes(SAID));
        assert.ok(!words(await phone.get(next)).includes(SAID));
      });
    }

    test('is said after a link for the phone, and can be undone there', async () => {
      const { laptop, phone } = await withTwoCarts();
      const made = await laptop.submit('/transfer', '/transfer');
      const { pathname } = new URL(made.document.querySelector('code.long')!.text);
      const page = await phone.follow(await phone.post(pathname, { cart: 'yes' }));
      assert.ok(words(page).includes(SAID));
      assert.deepEqual(await phone.lines(), { weekender: 2, 'field-satchel': 1 });

      await phone.send(page, '/cart/undo');
      assert.deepEqual(await phone.lines(), { weekender: 2 });
    });

    test('waits for a page that a person sees', async () => {
      const { ada, phone } = await withTwoCarts();
      await phone.signIn(ada);
      const fetched = await phone.get('/', { 'sec-fetch-dest': 'empty' });
      assert.ok(!words(fetched).includes(SAID));
      assert.ok(words(await phone.get('/shop')).includes(SAID));
    });

    test('is said by the cart page in its own words', async () => {
      const { ada, phone } = await withTwoCarts();
      const page = await phone.follow(await phone.signIn(ada, { next: '/cart' }));
      assert.ok(!words(page).includes(SAID));
      assert.equal(undoForms(page), 1);
    });

    test('is not said when nothing was added', async () => {
      const { ada, laptop } = await withTwoCarts();
      const phone = new Browser(shop);
      await phone.add('weekender', 1);
      assert.ok(!words(await phone.follow(await phone.signIn(ada))).includes(SAID));
      assert.deepEqual(await laptop.lines(), { weekender: 2 });
    });

    test('offers no Undo after another change', async () => {
      const { ada, laptop, phone } = await withTwoCarts();
      await phone.signIn(ada);
      await laptop.add('corner-sling');
      const page = await phone.get('/');
      assert.ok(words(page).includes(SAID));
      assert.equal(page.document.querySelectorAll('#joined button').length, 0);
    });
  });
}

function undoForms({ document }: Page): number {
  return document.querySelectorAll('form[action="/cart/undo"]').length;
}
