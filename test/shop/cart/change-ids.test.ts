import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { suite, test } from 'node:test';
import { Browser } from '../../support/browser.ts';
import { json } from '../../support/reading.ts';
import { stores } from '../../support/shop.ts';
import { shopOfSuite } from '../../support/suite-shop.ts';

for (const store of stores) {
  suite(`a change that arrives twice on ${store}`, () => {
    const shop = shopOfSuite(store);
    const guest = async () => {
      const browser = new Browser(shop);
      await browser.add('field-satchel');
      return browser;
    };

    test('is applied once, of 50 copies at once', async () => {
      const browser = await guest();
      const line = { product: 'weekender', quantity: 1, change: randomUUID() };

      const answers = await Promise.all(
        Array.from({ length: 50 }, () => browser.postJson('/cart/lines', line)),
      );
      assert.ok(answers.every(({ status }) => status === 200));
      assert.deepEqual(await browser.lines(), { 'field-satchel': 1, weekender: 1 });
      assert.equal((await browser.cart()).version, 2);
    });

    test('is applied once, by a double click on a form', async () => {
      const browser = await guest();
      const page = await browser.get('/shop/weekender');

      await Promise.all([browser.send(page, '/cart/lines'), browser.send(page, '/cart/lines')]);
      assert.deepEqual(await browser.lines(), { 'field-satchel': 1, weekender: 1 });
    });

    test('answers the cart as it is, not as it was', async () => {
      const browser = await guest();
      const line = { product: 'weekender', quantity: 1, change: randomUUID() };
      await browser.postJson('/cart/lines', line);
      await browser.add('corner-sling');

      const again = json<{ version: number; count: number }>(
        await browser.postJson('/cart/lines', line),
      );
      assert.deepEqual([again.version, again.count], [3, 3]);
    });

    test('is known by the Idempotency-Key header as well', async () => {
      const browser = await guest();
      const id = randomUUID();
      const line = { product: 'weekender', quantity: 1 };

      for (const key of [id, id, `"${id}"`]) {
        const answer = await browser.postJson('/cart/lines', line, { 'idempotency-key': key });
        assert.equal(answer.status, 200);
      }
      assert.deepEqual(await browser.lines(), { 'field-satchel': 1, weekender: 1 });
    });

    test('is not taken for that of another cart', async () => {
      const line = { product: 'weekender', quantity: 1, change: randomUUID() };
      const [one, other] = [await guest(), await guest()];

      await one.postJson('/cart/lines', line);
      await other.postJson('/cart/lines', line);
      assert.deepEqual(await other.lines(), { 'field-satchel': 1, weekender: 1 });
    });

    test('of each form is its own: the same page can be sent after another', async () => {
      const browser = await guest();
      await browser.add('weekender');
      await browser.add('weekender');

      assert.deepEqual(await browser.lines(), { 'field-satchel': 1, weekender: 2 });
    });
  });
}

suite('a change without an id', () => {
  const shop = shopOfSuite('sqlite');

  const changes: [url: string, body: object][] = [
    ['/cart/lines', { product: 'weekender', quantity: 1 }],
    ['/cart/lines/weekender', { quantity: 1 }],
    ['/cart/clear', {}],
    ['/cart/undo', {}],
  ];
  for (const [url, body] of changes) {
    test(`is refused at ${url}: a repeat could not be told from a second wish`, async () => {
      const page = await new Browser(shop).postJson(url, body);

      assert.equal(page.status, 422);
      assert.deepEqual(Object.keys(json<{ errors: object }>(page).errors), ['change']);
    });
  }

  for (const change of ['', 'short', 'c'.repeat(65), 'with blanks', '../../etc', 'a:b:c:d:e', 7]) {
    test(`of the right shape (${JSON.stringify(change)}) is refused`, async () => {
      const line = { product: 'weekender', quantity: 1, change };

      assert.equal((await new Browser(shop).postJson('/cart/lines', line)).status, 422);
    });
  }

  test('is refused in the header as well', async () => {
    const line = { product: 'weekender', quantity: 1 };
    for (const key of ['short', '""long-enough""', '"long-enough', undefined]) {
      const headers = { 'idempotency-key': key };

      assert.equal((await new Browser(shop).postJson('/cart/lines', line, headers)).status, 422);
    }
  });
});
