import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { errorAnswers } from '../../src/http/error-answers.ts';
import { Browser, newPerson, type Page } from '../support/browser.ts';
import { setCookies, words } from '../support/reading.ts';
import { shopOfSuite } from '../support/suite-shop.ts';

/** What a browser sends with a form. */
const navigating = { 'sec-fetch-mode': 'navigate' };
const { title } = errorAnswers['cookies-blocked'];

suite('a form from a browser without any cookie', () => {
  const shop = shopOfSuite('sqlite');
  const ada = newPerson();
  const { name, email, password } = ada;
  const forms: [url: string, fields: Record<string, string>][] = [
    ['/signup', { name, email, password, confirm: password }],
    ['/login', { email, password }],
    ['/cart/lines', { product: 'weekender', quantity: '1', change: 'change-one' }],
  ];

  for (const [url, fields] of forms) {
    test(`to ${url} comes back once, with a cookie`, async () => {
      const asked = await new Browser(shop).post(url, fields, navigating);
      assert.deepEqual([asked.status, asked.location], [307, '?asked']);
      const [cookie, ...others] = setCookies(asked);
      assert.match(cookie!, /^asked-3000=1; Max-Age=60; Path=\/; HttpOnly; SameSite=Strict$/);
      assert.deepEqual(others, []);
    });

    test(`to ${url} does nothing if the cookie was not kept, and a page says why`, async () => {
      const page = await new Browser(shop).post(`${url}?asked`, fields, navigating);
      assert.equal(page.status, 403);
      assert.ok(words(page).includes(title));
      assert.deepEqual(setCookies(page), []);
      assert.equal(shop.app.users.findByEmail(email), undefined);
    });
  }

  test('does its work when the cookie was kept', async () => {
    const laptop = new Browser(shop, navigating);
    const grace = newPerson('Grace');
    assert.equal((await laptop.add('weekender')).status, 307);
    const added = await laptop.add('weekender');
    assert.deepEqual([added.status, added.location], [303, '/cart']);
    assert.equal((await laptop.signUp(grace)).status, 303);
    assert.ok(await laptop.isSignedIn());
  });

  test('uses up no link for a phone', async () => {
    const laptop = new Browser(shop);
    await laptop.signUp(newPerson());
    const made = await laptop.submit('/transfer', '/transfer');
    const { pathname } = new URL(made.document.querySelector('code.long')!.text);
    const phone = new Browser(shop, navigating);
    const pages: Page[] = [await phone.post(`${pathname}?asked`)];
    pages.push(await phone.post(pathname), await phone.post(`${pathname}?asked`));
    assert.deepEqual(
      pages.map(({ status }) => status),
      [403, 307, 303],
    );
  });

  test('that is not a browser is not asked', async () => {
    assert.equal((await new Browser(shop).add('weekender')).status, 303);
  });
});
