import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { suite, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { shopOfSuite } from '../support/suite-shop.ts';

suite('a body', () => {
  const shop = shopOfSuite('sqlite');
  const line = () => JSON.stringify({ product: 'weekender', quantity: 1, change: randomUUID() });

  const types = [
    'text/plain',
    'text/plain;charset=UTF-8',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/octet-stream',
    'application/x-json',
    'image/png',
  ];
  for (const type of types) {
    test(`of ${type} is refused: 415`, async () => {
      const browser = new Browser(shop);

      const page = await browser.postJson('/cart/lines', line(), { 'content-type': type });
      assert.equal(page.status, 415);
      assert.deepEqual(await browser.lines(), {});
    });
  }

  test('of no type is refused: 415', async () => {
    const answer = await shop.app.inject({
      method: 'POST',
      url: '/cart/lines',
      payload: Buffer.from(line()),
      headers: { 'sec-fetch-site': 'same-origin' },
    });

    assert.equal(answer.statusCode, 415);
  });

  for (const type of ['json', 'application/json, text/plain', 'text/html;application/json']) {
    test(`of something like JSON (${type}) is refused: 415`, async () => {
      const browser = new Browser(shop);

      const page = await browser.postJson('/cart/lines', line(), { 'content-type': type });
      assert.equal(page.status, 415);
      assert.deepEqual(await browser.lines(), {});
    });
  }

  for (const coding of ['gzip', 'deflate', 'br']) {
    test(`compressed with ${coding} is refused, not unpacked: 415`, async () => {
      const answer = await shop.app.inject({
        method: 'POST',
        url: '/cart/lines',
        payload: gzipSync(line()),
        headers: {
          'content-type': 'application/json',
          'content-encoding': coding,
          'sec-fetch-site': 'same-origin',
        },
      });

      assert.equal(answer.statusCode, 415);
    });
  }

  for (const url of ['/login', '/signup', '/cart/lines', '/cart/clear', '/nowhere']) {
    test(`of more than 64 KiB at ${url} is refused: 413`, async () => {
      const page = await new Browser(shop).post(url, { password: 'p'.repeat(64 * 1024) });

      assert.equal(page.status, 413);
    });
  }

  test('of thousands of fields is refused: 413', async () => {
    const fields = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`f${i}`, '']));

    const { status } = await new Browser(shop).post('/cart/lines', fields);
    assert.equal(status, 413);
  });
});
