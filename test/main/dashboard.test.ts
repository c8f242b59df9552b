import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser, newPerson } from '../support/browser.ts';
import { words } from '../support/reading.ts';
import { stores } from '../support/shop.ts';
import { shopOfSuite } from '../support/suite-shop.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

for (const store of stores) {
  suite(`the dashboard on ${store}`, () => {
    const shop = shopOfSuite(store);

    test('says that you are logged in, and your name', async () => {
      const browser = new Browser(shop);
      await browser.signUp(newPerson('Ada'));

      const page = words(await browser.get('/'));
      assert.match(page, /Hello, Ada/);
      assert.match(page, /You are now logged in!/);
    });

    test("shows the article's session variable", async () => {
      const browser = new Browser(shop);
      await browser.signUp(newPerson());

      assert.match(words(await browser.get('/')), /redis_test = This is a session variable\./);
    });

    test('says where the session variable was removed', async () => {
      const browser = new Browser(shop);
      await browser.signUp(newPerson());
      await browser.submit('/session', '/session/variables/remove', { key: 'redis_test' });

      assert.match(words(await browser.get('/')), /redis_test = removed/);
    });

    test('sums up the cart', async () => {
      const browser = new Browser(shop);
      await browser.signUp(newPerson());
      await browser.add('weekender', 2);

      const page = words(await browser.get('/'));
      assert.match(page, /2 × The Weekender €579\.00/);
      assert.match(page, /Subtotal €579\.00/);
    });

    test('says so where the cart is empty', async () => {
      const browser = new Browser(shop);
      await browser.signUp(newPerson());

      assert.match(words(await browser.get('/')), /Your cart is empty\./);
    });

    test('lists your devices, and marks this one', async () => {
      const ada = newPerson();
      const laptop = new Browser(shop, { 'user-agent': FIREFOX });
      const phone = new Browser(shop);
      await laptop.signUp(ada);
      await phone.signIn(ada);

      const { document } = await laptop.get('/');
      const devices = document.querySelectorAll('.devices li');
      assert.equal(devices.length, 2);
      const marked = devices.filter((device) => device.querySelector('.tag'));
      assert.equal(marked.length, 1);
      assert.match(marked[0]!.text, /Firefox on Linux/);
    });

    test('lists no device that was signed out', async () => {
      const ada = newPerson();
      const laptop = new Browser(shop);
      const phone = new Browser(shop);
      await laptop.signUp(ada);
      await phone.signIn(ada);
      await phone.signOut();

      const { document } = await laptop.get('/');
      assert.equal(document.querySelectorAll('.devices li').length, 1);
    });
  });
}

suite('what strangers chose', () => {
  const shop = shopOfSuite('sqlite');
  const markup = '<img src=x onerror=alert(1)>';

  test('is shown as text: the name', async () => {
    const browser = new Browser(shop);
    await browser.signUp(newPerson(markup));

    const { document } = await browser.get('/');
    assert.equal(document.querySelector('h1')?.text, `Hello, ${markup}`);
    assert.equal(document.querySelector('h1 img'), null);
  });

  for (const code of ['<%= 7*7 %>', '<%~ include("/etc/passwd") %>', '${7*7}', '{{7*7}}']) {
    test(`is shown as text, not run: ${code}`, async () => {
      const browser = new Browser(shop);
      await browser.signUp(newPerson(code));

      const { document } = await browser.get('/');
      assert.equal(document.querySelector('h1')?.text, `Hello, ${code}`);
    });
  }

  for (const agent of ['', '<script>alert(1)</script>', 'x'.repeat(5000)]) {
    test(`is shown as text: a browser called ${JSON.stringify(agent.slice(0, 30))}`, async () => {
      const browser = new Browser(shop, { 'user-agent': agent });
      await browser.signUp(newPerson());

      const page = await browser.get('/');
      assert.equal(page.status, 200);
      assert.equal(page.document.querySelectorAll('.devices script').length, 0);
    });
  }
});
