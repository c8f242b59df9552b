import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { suite, test } from 'node:test';
import { Browser } from '../../support/browser.ts';
import { json } from '../../support/reading.ts';
import { stores } from '../../support/shop.ts';
import { shopOfSuite } from '../../support/suite-shop.ts';

for (const store of stores) {
  suite(`the cart as JSON on ${store}`, () => {
    const shop = shopOfSuite(store);

    test('of someone who has none is empty', async () => {
      const page = await new Browser(shop).get('/cart', { accept: 'application/json' });

      assert.match(String(page.headers['content-type']), /^application\/json/);
      assert.deepEqual(json(page), {
        version: 0,
        lines: [],
        count: 0,
        subtotal: 0,
        currency: 'EUR',
        notices: [],
      });
    });

    test('answers each change with the whole cart, money in cents', async () => {
      const browser = new Browser(shop);
      const change = randomUUID();

      const added = await browser.postJson('/cart/lines', {
        product: 'weekender',
        quantity: 2,
        change,
      });
      assert.equal(added.status, 200);
      assert.deepEqual(json(added), {
        version: 1,
        lines: [
          {
            slug: 'weekender',
            name: 'The Weekender',
            quantity: 2,
            unitPrice: 28_950,
            lineTotal: 57_900,
          },
        ],
        count: 2,
        subtotal: 57_900,
        currency: 'EUR',
        notices: [],
      });
    });

    test('is the same to read as after the change', async () => {
      const browser = new Browser(shop);
      const line = { product: 'weekender', quantity: 100, change: randomUUID() };

      const changed = await browser.postJson('/cart/lines', line);
      assert.deepEqual(json(changed), await browser.cart());
    });

    test('puts a notice into words and names the product', async () => {
      const browser = new Browser(shop);
      const line = { product: 'weekender', quantity: 100, change: randomUUID() };

      const { notices, count } = json<{ notices: object[]; count: number }>(
        await browser.postJson('/cart/lines', line),
      );
      assert.equal(count, 99);
      assert.deepEqual(notices, [
        {
          code: 'capped',
          slug: 'weekender',
          message: 'You can have up to 99 of each item, so The Weekender is now 99.',
        },
      ]);
    });

    test('can be set, emptied and undone', async () => {
      const browser = new Browser(shop);
      const send = (url: string, body: object) =>
        browser.postJson(url, { ...body, change: randomUUID() });
      await send('/cart/lines', { product: 'weekender', quantity: 1 });

      await send('/cart/lines/weekender', { quantity: 5 });
      assert.deepEqual(await browser.lines(), { weekender: 5 });
      await send('/cart/clear', {});
      assert.deepEqual(await browser.lines(), {});
      const undone = await send('/cart/undo', {});
      assert.equal(json<{ count: number; version: number }>(undone).version, 4);
      assert.deepEqual(await browser.lines(), { weekender: 5 });
    });

    test('is never kept by a cache', async () => {
      const page = await new Browser(shop).get('/cart', { accept: 'application/json' });

      assert.equal(page.headers['cache-control'], 'no-store');
    });
  });
}

suite('a change in JSON', () => {
  const shop = shopOfSuite('sqlite');

  const unknown = [
    { price: 1 },
    { userId: 'someone' },
    { owner: 'user-1' },
    { __proto__: null, ['__proto__x']: 1 },
  ];
  for (const extra of unknown) {
    test(`with a field we did not ask for (${Object.keys(extra).join()}) is refused`, async () => {
      const browser = new Browser(shop);
      const line = { product: 'weekender', quantity: 1, change: randomUUID(), ...extra };

      const page = await browser.postJson('/cart/lines', line);
      assert.equal(page.status, 400);
      assert.equal(json(page).code, 'bad-request');
      assert.deepEqual(await browser.lines(), {});
    });
  }

  for (const body of ['', '{', 'null', '[]', '1', '"text"', '{"product":"weekender",}', '\0']) {
    test(`that is no object of ours (${JSON.stringify(body)}) is refused: 400`, async () => {
      const page = await new Browser(shop).postJson('/cart/lines', body);

      assert.equal(page.status, 400);
      assert.equal(json(page).code, 'bad-request');
    });
  }

  for (const body of [
    '{"__proto__":{"product":"weekender"}}',
    '{"constructor":{"prototype":{}}}',
  ]) {
    test(`that would change every object (${body}) is refused: 400`, async () => {
      assert.equal((await new Browser(shop).postJson('/cart/lines', body)).status, 400);
    });
  }

  test('for no product of ours in shape is told about the field', async () => {
    for (const product of ['', 'A Bag', '../x', 7, null, ['weekender'], {}]) {
      const line = { product, quantity: 1, change: randomUUID() };
      const page = await new Browser(shop).postJson('/cart/lines', line);

      assert.equal(page.status, 422);
      assert.deepEqual(Object.keys(json<{ errors: object }>(page).errors), ['product']);
    }
  });
});
