import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser, newPerson } from '../../support/browser.ts';
import { words } from '../../support/reading.ts';
import { stores } from '../../support/shop.ts';
import { shopOfSuite } from '../../support/suite-shop.ts';

for (const store of stores) {
  for (const who of ['guest', 'user']) {
    suite(`the cart of a ${who}, by forms, on ${store}`, () => {
      const shop = shopOfSuite(store);
      const visitor = async () => {
        const browser = new Browser(shop);
        if (who === 'user') await browser.signUp(newPerson());
        return browser;
      };

      test('is empty at first, and shows the way to the shop', async () => {
        const page = await (await visitor()).get('/cart');

        assert.equal(page.status, 200);
        assert.match(words(page), /Your cart is empty/);
        assert.ok(page.document.querySelector('main a[href="/shop"]'));
      });

      test('takes what is added, and leads to itself', async () => {
        const browser = await visitor();

        const answer = await browser.add('weekender', 2);
        assert.equal(answer.status, 303);
        assert.equal(answer.location, '/cart');
        assert.match(words(await browser.follow(answer)), /Subtotal, 2 items €579\.00/);
      });

      test('adds up what is added twice', async () => {
        const browser = await visitor();
        await browser.add('weekender', 2);
        await browser.add('weekender', 3);

        assert.deepEqual(await browser.lines(), { weekender: 5 });
      });

      test('keeps the order in which things were added', async () => {
        const browser = await visitor();
        const slugs = ['weekender', 'field-satchel', 'corner-sling'];
        for (const slug of slugs) await browser.add(slug);
        await browser.submit('/cart', '/cart/lines/weekender', { quantity: '7' });

        assert.deepEqual(Object.keys(await browser.lines()), slugs);
      });

      test('sets a quantity', async () => {
        const browser = await visitor();
        await browser.add('weekender');

        const answer = await browser.submit('/cart', '/cart/lines/weekender', { quantity: '4' });
        assert.equal(answer.status, 303);
        assert.deepEqual(await browser.lines(), { weekender: 4 });
      });

      test('removes a line at quantity 0', async () => {
        const browser = await visitor();
        await browser.add('weekender');
        await browser.add('field-satchel');

        await browser.submit('/cart', '/cart/lines/weekender', { quantity: '0' });
        assert.deepEqual(await browser.lines(), { 'field-satchel': 1 });
      });

      test('is emptied', async () => {
        const browser = await visitor();
        await browser.add('weekender');
        await browser.add('field-satchel');

        await browser.submit('/cart', '/cart/clear');
        assert.deepEqual(await browser.lines(), {});
      });

      test('counts its items in the header of every page', async () => {
        const browser = await visitor();
        await browser.add('weekender', 2);
        await browser.add('field-satchel', 3);

        for (const url of ['/shop', '/shop/weekender', '/cart']) {
          const { document } = await browser.get(url);
          assert.equal(document.querySelector('.badge')?.text, '5');
        }
      });

      test('says what it did where 99 is the most', async () => {
        const browser = await visitor();
        await browser.add('weekender', 60);

        const page = await browser.follow(await browser.add('weekender', 60));
        assert.deepEqual(await browser.lines(), { weekender: 99 });
        assert.match(
          words(page),
          /You can have up to 99 of each item, so The Weekender is now 99\./,
        );
      });
    });
  }
}
