import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { suite, test, type TestContext } from 'node:test';
import { Browser, formValues } from '../../support/browser.ts';
import { json, words } from '../../support/reading.ts';
import { openShop, stores, type Shop } from '../../support/shop.ts';

/** Takes a product out of the catalogue. */
function withdraw(shop: Shop, t: TestContext, slug: string) {
  const { find } = shop.app.products;
  t.mock.method(shop.app.products, 'find', (asked: string) =>
    asked === slug ? undefined : find(asked),
  );
}

for (const store of stores) {
  suite(`a product that is no longer sold, on ${store}`, () => {
    test('becomes a notice in the cart, and counts for nothing', async (t) => {
      await using shop = await openShop(store);
      const browser = new Browser(shop);
      await browser.add('weekender', 2);
      await browser.add('field-satchel');

      withdraw(shop, t, 'weekender');
      const page = await browser.get('/cart');
      assert.equal(page.status, 200);
      assert.match(words(page), /We no longer sell something in your cart\./);
      assert.equal(page.document.querySelector('.badge')?.text, '1');
      const { lines, count, subtotal, notices } = await browser.cart();
      assert.deepEqual([lines.length, count, subtotal], [1, 1, 24_800]);
      assert.deepEqual(
        notices.map(({ code }) => code),
        ['gone'],
      );
    });

    test('is not added any more: a notice, not an error', async (t) => {
      await using shop = await openShop(store);
      const browser = new Browser(shop);
      const page = await browser.get('/shop/weekender');

      withdraw(shop, t, 'weekender');
      const answer = await browser.send(page, '/cart/lines');
      assert.equal(answer.status, 422);
      assert.match(words(answer), /We no longer sell this\./);
      assert.equal(browser.cookies.size, 0, 'a stranger gets no session for it');
      assert.deepEqual(await browser.lines(), {});
    });

    test('is told of after a redirect, so that a reload sends nothing again', async (t) => {
      await using shop = await openShop(store);
      const browser = new Browser(shop);
      await browser.add('field-satchel');
      const page = await browser.get('/shop/weekender');

      withdraw(shop, t, 'weekender');
      const answer = await browser.send(page, '/cart/lines');
      assert.equal(answer.status, 303);
      assert.equal(answer.location, '/cart');
      assert.match(words(await browser.follow(answer)), /We no longer sell this\./);
      assert.deepEqual(await browser.lines(), { 'field-satchel': 1 });
    });

    for (const [press, action, quantity] of [
      ['Update', '/cart/lines/weekender', '3'],
      ['+', '/cart/lines', '1'],
    ] as const) {
      test(`stays in the cart as it is at a press of ${press}, and is told of once`, async (t) => {
        await using shop = await openShop(store);
        const browser = new Browser(shop);
        await browser.add('weekender', 2);
        const page = await browser.get('/cart');

        withdraw(shop, t, 'weekender');
        const fields = formValues(page, '/cart/lines/weekender');
        const answer = await browser.post(action, { ...fields, product: 'weekender', quantity });
        assert.equal(answer.status, 303);
        const told = words(await browser.follow(answer)).match(
          /We no longer sell (something|this)/g,
        );
        assert.deepEqual(told, ['We no longer sell something']);
        t.mock.restoreAll();
        assert.deepEqual(await browser.lines(), { weekender: 2 });
      });
    }

    test('can still be removed', async (t) => {
      await using shop = await openShop(store);
      const browser = new Browser(shop);
      await browser.add('weekender');

      withdraw(shop, t, 'weekender');
      const removal = { quantity: 0, change: randomUUID() };
      assert.deepEqual(json(await browser.postJson('/cart/lines/weekender', removal)).notices, []);
    });
  });
}

test('a product that never was becomes a notice as well', async () => {
  await using shop = await openShop('sqlite');
  const line = { product: 'no-such-bag', quantity: 1, change: randomUUID() };

  const page = await new Browser(shop).postJson('/cart/lines', line);
  assert.equal(page.status, 200);
  assert.deepEqual(json<{ notices: { code: string }[] }>(page).notices[0]?.code, 'gone');
});

test('a change without an id is refused, of what is not sold as well', async () => {
  await using shop = await openShop('sqlite');
  const answer = await new Browser(shop).postJson('/cart/lines', {
    product: 'no-such-bag',
    quantity: 1,
  });

  assert.equal(answer.status, 422);
});
