import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parse } from 'node-html-parser';
import { Browser } from '../support/browser.ts';
import { productionSettings, throughProxy } from '../support/production.ts';
import { shopOfSuite } from '../support/suite-shop.ts';

suite('the gallery', () => {
  const shop = shopOfSuite('sqlite');

  test('leads to every entry', async () => {
    const browser = new Browser(shop);
    const { document } = await browser.get('/gallery');
    const links = document.querySelectorAll('main a').map((link) => link.getAttribute('href')!);

    assert.ok(links.length > 50);
    for (const link of links) assert.equal((await browser.get(link)).status, 200, link);
  });

  test('looks the same for every user', async () => {
    const browser = new Browser(shop);
    await browser.signUp({
      name: 'Grace',
      email: 'grace@example.com',
      password: 'three warm words',
    });

    const { body } = await browser.get('/gallery/the-dashboard');
    assert.match(parse(body).text, /Hello, Ada Traveller/);
    assert.doesNotMatch(body, /Grace/);
  });

  test('says so where there is no such entry', async () => {
    assert.equal((await new Browser(shop).get('/gallery/nowhere')).status, 404);
  });
});

suite('the gallery in production', () => {
  const shop = shopOfSuite('sqlite', productionSettings);

  for (const url of ['/gallery', '/gallery/the-shop', '/art/made-up-0.svg']) {
    test(`is not there: ${url}`, async () => {
      assert.equal((await new Browser(shop, throughProxy).get(url)).status, 404);
    });
  }
});
