import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser, newPerson } from '../support/browser.ts';
import { valueOf } from '../support/reading.ts';
import { shopOfSuite } from '../support/suite-shop.ts';

suite('what was encoded is decoded once', () => {
  const shop = shopOfSuite('sqlite');

  test('in the path of a page', async () => {
    assert.equal((await new Browser(shop).get('/shop/%77eekender')).status, 200);
    assert.equal((await new Browser(shop).get('/shop/%2577eekender')).status, 404);
  });

  test('in a search', async () => {
    assert.equal(valueOf(await new Browser(shop).get('/shop?q=%2541bag'), 'q'), '%41bag');
  });

  test('in a field of a form', async () => {
    const browser = new Browser(shop);
    await browser.signUp(newPerson('Ada %41 %2541'));
    assert.equal(valueOf(await browser.get('/account'), 'name'), 'Ada %41 %2541');
  });

  test('in the way back after the sign-in', async () => {
    const ada = newPerson();
    await new Browser(shop).signUp(ada);
    const page = await new Browser(shop).signIn(ada, { next: '/shop?q=%2541%26sort' });
    assert.equal(page.location, '/shop?q=%2541%26sort');
  });
});
