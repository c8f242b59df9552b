import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser, formValues, newPerson } from '../support/browser.ts';
import { openLoggedShop } from '../support/logged-shop.ts';
import { sendRaw, statusOf } from '../support/raw-request.ts';

suite('an address that would lead to another site', () => {
  for (const start of [
    '//evil.example',
    '/\\evil.example',
    '///evil.example',
    '//evil.example@localhost',
  ]) {
    test(`${start}/… is refused, and stands on no page`, async () => {
      await using shop = await openLoggedShop();
      const browser = new Browser(shop);
      await browser.signUp(newPerson());
      for (const path of ['/account/password', '/login', '/cart/lines', '/transfer', '/']) {
        for (const method of ['GET', 'POST']) {
          const body = method === 'POST' ? '_csrf=dead' : '';
          const answer = await sendRaw(
            shop.port,
            `${method} ${start}${path} HTTP/1.1\r\nhost: localhost\r\nsec-fetch-site: same-origin\r\n` +
              `cookie: ${browser.cookieHeader}\r\ncontent-type: application/x-www-form-urlencoded\r\n` +
              `content-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
          );
          assert.equal(statusOf(answer), 400, answer.slice(0, 200));
          assert.doesNotMatch(answer, /evil\.example/);
        }
      }
    });
  }

  test('a form that has expired comes back to its own path only', async () => {
    await using shop = await openLoggedShop();
    const browser = new Browser(shop);
    await browser.signUp(newPerson());
    for (const address of [
      '/account/password?next=//evil.example',
      'http://localhost/account/password',
    ]) {
      const page = await browser.post(address, { _csrf: 'dead' });
      assert.equal(page.status, 403);
      assert.ok(formValues(page, '/account/password')['_csrf']);
    }
  });
});
