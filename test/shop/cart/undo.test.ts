import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser, newPerson } from '../../support/browser.ts';
import { minute, second } from '../../support/clock.ts';
import { words } from '../../support/reading.ts';
import { openShop, stores } from '../../support/shop.ts';
import { shopOfSuite } from '../../support/suite-shop.ts';

const undo = (browser: Browser) => browser.submit('/cart', '/cart/undo');

for (const store of stores) {
  suite(`undo on ${store}`, () => {
    const shop = shopOfSuite(store);

    const set = (browser: Browser, quantity: string) =>
      browser.submit('/cart', '/cart/lines/weekender', { quantity });
    const changes: [what: string, said: string, change: (browser: Browser) => Promise<unknown>][] =
      [
        ['an add', 'Field Satchel added.', (browser) => browser.add('field-satchel')],
        [
          'more of a line',
          'The Weekender: quantity changed to 6.',
          (browser) => browser.add('weekender', 4),
        ],
        ['a new quantity', 'The Weekender: quantity changed to 1.', (browser) => set(browser, '1')],
        ['a removal', 'The Weekender removed.', (browser) => set(browser, '0')],
        ['emptying the cart', 'Cart emptied.', (browser) => browser.submit('/cart', '/cart/clear')],
      ];
    for (const [what, said, change] of changes) {
      test(`takes back ${what}, after it was said`, async () => {
        const browser = new Browser(shop);
        await browser.add('weekender', 2);
        await browser.add('corner-sling', 1);

        await change(browser);
        const { document } = await browser.get('/cart');
        assert.equal(document.querySelector('.undo span')?.text, said);
        const answer = await undo(browser);
        assert.equal(answer.status, 303);
        assert.deepEqual(await browser.lines(), { weekender: 2, 'corner-sling': 1 });
        assert.match(words(await browser.follow(answer)), /Undone\./);
      });
    }

    test('is offered once', async () => {
      const browser = new Browser(shop);
      await browser.add('weekender');
      await undo(browser);

      const { document } = await browser.get('/cart');
      assert.equal(document.querySelector('form[action="/cart/undo"]'), null);
    });

    test('of a page that was opened before the last change takes nothing back', async () => {
      const browser = new Browser(shop);
      await browser.add('weekender');
      const old = await browser.get('/cart');
      await browser.add('field-satchel');

      const page = await browser.follow(await browser.send(old, '/cart/undo'));
      assert.match(words(page), /That can no longer be undone\./);
      assert.deepEqual(await browser.lines(), { weekender: 1, 'field-satchel': 1 });
    });

    test('takes back a merge, and the cart is as it was before the sign-in', async () => {
      const ada = newPerson();
      const laptop = new Browser(shop);
      const phone = new Browser(shop);
      await laptop.signUp(ada);
      await laptop.add('weekender', 1);
      await phone.add('weekender', 5);
      await phone.add('field-satchel', 1);
      await phone.signIn(ada);

      await undo(phone);
      assert.deepEqual(await laptop.lines(), { weekender: 1 });
    });
  });

  test(`ten minutes after the change there is nothing to undo, on ${store}`, async () => {
    await using shop = await openShop(store);
    const browser = new Browser(shop);
    await browser.add('weekender');
    const page = await browser.get('/cart');

    shop.clock.advance(10 * minute + second);
    const later = await browser.get('/cart');
    assert.equal(later.document.querySelector('form[action="/cart/undo"]'), null);
    const answer = await browser.follow(await browser.send(page, '/cart/undo'));
    assert.match(words(answer), /That can no longer be undone\./);
    assert.deepEqual(await browser.lines(), { weekender: 1 });
  });

  test(`after nine minutes there still is, on ${store}`, async () => {
    await using shop = await openShop(store);
    const browser = new Browser(shop);
    await browser.add('weekender');

    shop.clock.advance(9 * minute);
    await undo(browser);
    assert.deepEqual(await browser.lines(), {});
  });
}
