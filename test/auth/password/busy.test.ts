import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Problem } from '../../../src/lib/problem.ts';
import { Browser, newPerson } from '../../support/browser.ts';
import { fieldMessages, json, valueOf } from '../../support/reading.ts';
import { openShop } from '../../support/shop.ts';

suite('a password that finds the line of hashes full', () => {
  const { name, email, password } = newPerson();

  const forms: [url: string, asks: 'add' | 'findByEmail', kept: Record<string, string>][] = [
    ['/signup', 'add', { name, email }],
    ['/login', 'findByEmail', { email, next: '/cart' }],
  ];
  for (const [url, asks, kept] of forms) {
    test(`at ${url} is asked for again: 503, and the rest of the form is kept`, async (t) => {
      await using shop = await openShop('sqlite');
      t.mock.method(shop.app.users, asks, () => {
        throw new Problem('busy', { retryAfter: 2 });
      });
      const fields = { ...kept, password, ...(url === '/signup' && { confirm: password }) };

      const page = await new Browser(shop).submit(url, url, fields);
      assert.equal(page.status, 503);
      assert.equal(page.headers['retry-after'], '2');
      const message = 'We are very busy. Please wait 2 seconds, then try again.';
      assert.deepEqual(fieldMessages(page), { password: message });
      for (const [field, value] of Object.entries(kept)) assert.equal(valueOf(page, field), value);
      assert.ok(!page.body.includes(password));

      const answer = await new Browser(shop).postJson(url, fields);
      assert.equal(answer.status, 503);
      assert.equal(json(answer).code, 'busy');
    });
  }
});
