import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { suite, test } from 'node:test';
import { Browser } from '../../support/browser.ts';
import { fieldMessages, json } from '../../support/reading.ts';
import { openShop } from '../../support/shop.ts';
import { shopOfSuite } from '../../support/suite-shop.ts';

/** As they stand in the JSON, since not all of them can be written otherwise. */
const wrongInJson = [
  '0',
  '-1',
  '-0',
  '1.5',
  '1e308',
  '1e999',
  '-1e999',
  '9007199254740993',
  '"1"',
  '"0x10"',
  '" 5 "',
  '"1e1"',
  '"NaN"',
  '""',
  '"1;DROP TABLE"',
  'true',
  'false',
  'null',
  '[1]',
  '[]',
  '{}',
  '{"toString":1}',
];

const wrongInForms = [
  '0',
  '00',
  '-1',
  '1.5',
  '1e2',
  '1e308',
  '0x10',
  '+5',
  '',
  'NaN',
  'Infinity',
  'one',
  'true',
  '1;DROP TABLE',
  '9007199254740993',
  '1\n',
  '1\0',
];

/** As people type, paste or dictate them -> the number. */
const numbers: [typed: string, quantity: number][] = [
  [' 5 ', 5],
  ['5 ', 5],
  ['\u00A05\t', 5],
  ['\u200F٣\u200F', 3],
  ['٣', 3],
  ['۱۲', 12],
  ['१२', 12],
  ['９', 9],
  ['１２', 12],
  ['𝟏𝟘', 10],
  ['٠٠٧', 7],
];

suite('a quantity', () => {
  const shop = shopOfSuite('sqlite');

  /** A guest with two Weekenders. */
  const guest = async () => {
    const browser = new Browser(shop);
    await browser.add('weekender', 2);
    return browser;
  };

  for (const quantity of wrongInJson) {
    test(`of ${quantity} in JSON adds nothing: 422 names the field`, async () => {
      const browser = await guest();
      const body = `{"product":"weekender","quantity":${quantity},"change":"${randomUUID()}"}`;

      const page = await browser.postJson('/cart/lines', body);
      assert.equal(page.status, 422);
      assert.deepEqual(json(page).errors, { quantity: 'Enter a whole number from 1 to 99.' });
      assert.deepEqual(await browser.lines(), { weekender: 2 });
    });
  }

  for (const quantity of wrongInJson.filter((text) => !/^-?0$/.test(text))) {
    test(`of ${quantity} in JSON sets nothing: 422 names the field`, async () => {
      const browser = await guest();
      const body = `{"quantity":${quantity},"change":"${randomUUID()}"}`;

      const page = await browser.postJson('/cart/lines/weekender', body);
      assert.equal(page.status, 422);
      assert.deepEqual(Object.keys(json<{ errors: object }>(page).errors), ['quantity']);
      assert.deepEqual(await browser.lines(), { weekender: 2 });
    });
  }

  for (const quantity of wrongInForms) {
    test(`of ${JSON.stringify(quantity)} in a form adds nothing, and is told beside the field`, async () => {
      const browser = await guest();

      const page = await browser.submit('/shop/weekender', '/cart/lines', { quantity });
      assert.equal(page.status, 422);
      assert.deepEqual(fieldMessages(page), { quantity: 'Enter a whole number from 1 to 99.' });
      assert.deepEqual(await browser.lines(), { weekender: 2 });
    });
  }

  for (const quantity of wrongInForms.filter((text) => !/^0+$/.test(text))) {
    test(`of ${JSON.stringify(quantity)} in a form sets nothing, and is told beside the line`, async () => {
      const browser = await guest();

      const page = await browser.submit('/cart', '/cart/lines/weekender', { quantity });
      assert.equal(page.status, 422);
      assert.deepEqual(fieldMessages(page), {
        'quantity-weekender': 'Enter a whole number from 0 to 99.',
      });
      assert.deepEqual(await browser.lines(), { weekender: 2 });
    });
  }

  for (const [typed, quantity] of numbers) {
    test(`of ${JSON.stringify(typed)} in a form is ${quantity}, for adding and for setting`, async () => {
      const browser = new Browser(shop);

      await browser.submit('/shop/weekender', '/cart/lines', { quantity: typed });
      assert.deepEqual(await browser.lines(), { weekender: quantity });
      await browser.submit('/cart', '/cart/lines/weekender', { quantity: '99' });
      await browser.submit('/cart', '/cart/lines/weekender', { quantity: typed });
      assert.deepEqual(await browser.lines(), { weekender: quantity });
    });
  }

  for (const zero of ['٠', '０', ' 0 ']) {
    test(`of ${JSON.stringify(zero)} removes a line, and adds nothing`, async () => {
      const browser = await guest();

      const page = await browser.submit('/shop/weekender', '/cart/lines', { quantity: zero });
      assert.equal(page.status, 422);
      await browser.submit('/cart', '/cart/lines/weekender', { quantity: zero });
      assert.deepEqual(await browser.lines(), {});
    });
  }

  test('that was wrong stands in the field again', async () => {
    const browser = await guest();

    const page = await browser.submit('/cart', '/cart/lines/weekender', { quantity: 'lots' });
    const input = page.document.querySelector('#quantity-weekender');
    assert.equal(input?.getAttribute('value'), 'lots');
    assert.equal(input?.getAttribute('aria-invalid'), 'true');
  });

  for (const fields of ['quantity=1&quantity=2', 'quantity[]=1', 'quantity[a]=1', 'product=x']) {
    test(`sent twice, or not at all (${fields}), adds nothing`, async () => {
      const answer = await shop.app.inject({
        method: 'POST',
        url: '/cart/lines',
        payload: `product=weekender&change=${randomUUID()}&${fields}`,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'sec-fetch-site': 'same-origin',
        },
      });

      assert.ok([400, 422].includes(answer.statusCode), `answered ${answer.statusCode}`);
      assert.deepEqual(answer.cookies, []);
    });
  }

  for (const quantity of ['100', '1000', '999999999999999']) {
    test(`of ${quantity} is stored as 99, and a notice says so`, async () => {
      const browser = new Browser(shop);

      await browser.add('weekender', Number(quantity));
      const { count, notices } = await browser.cart();
      assert.equal(count, 99);
      assert.deepEqual(
        notices.map(({ code }) => code),
        ['capped'],
      );
    });
  }

  test('of 99, added a hundred times, is 99', async () => {
    const browser = await guest();
    const add = () =>
      browser.postJson('/cart/lines', { product: 'weekender', quantity: 99, change: randomUUID() });

    await Promise.all(Array.from({ length: 100 }, add));
    assert.deepEqual(await browser.lines(), { weekender: 99 });
  });
});

test('a quantity that cannot be written as text is no error of ours on a page either', async () => {
  await using shop = await openShop('sqlite');
  const browser = new Browser(shop);
  await browser.add('weekender');
  const body = `{"quantity":{"toString":1},"change":"${randomUUID()}"}`;

  const page = await browser.postJson('/cart/lines/weekender', body, { accept: 'text/html' });
  assert.equal(page.status, 422);
});
