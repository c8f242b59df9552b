import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { userLimits } from '../../../src/http/rate-limits.ts';
import { Browser, newPerson, type Page } from '../../support/browser.ts';
import { hour, minute } from '../../support/clock.ts';
import { words } from '../../support/reading.ts';
import { openShop, stores, type Shop } from '../../support/shop.ts';

const proxied = { TRUST_PROXY: '127.0.0.1' };
const at = (shop: Shop, address: string) => new Browser(shop, { 'x-forwarded-for': address });
const count = (pages: Page[], wanted: number) =>
  pages.filter(({ status }) => status === wanted).length;

for (const store of stores) {
  suite(`the password of a signed-in user on ${store}`, () => {
    test('is asked so many times a minute, also when it is right, whichever form and session asks', async () => {
      await using shop = await openShop(store, proxied);
      const ada = newPerson();
      const browsers = [at(shop, '192.0.2.1'), at(shop, '192.0.2.2')] as const;
      await browsers[0].signUp(ada);
      await browsers[1].signIn(ada);
      const forms: [action: string, page: string, fields: Record<string, string>][] = [
        ['/account/confirm', '/account/confirm', { password: ada.password }],
        ['/account/email', '/account', { email: ada.email, password: 'a wrong one' }],
        ['/account/delete', '/account', { password: 'a wrong one' }],
      ];

      const pages: Page[] = [];
      for (let sent = 0; sent < userLimits.passwords.most; sent += 1) {
        const [action, page, fields] = forms[0]!;
        pages.push(await browsers[sent % 2]!.submit(page, action, fields));
      }
      assert.equal(count(pages, 303), userLimits.passwords.most);
      for (const browser of browsers) {
        for (const [action, page, fields] of forms) {
          pages.push(await browser.submit(page, action, fields));
        }
      }
      assert.equal(count(pages, 429), 6);
      assert.ok(Number(pages.at(-1)!.headers['retry-after']) <= 60);

      const eve = newPerson();
      assert.equal((await at(shop, '192.0.2.9').signUp(eve)).status, 303);
      shop.clock.advance(minute);
      const again = { password: ada.password };
      const confirmed = await browsers[0].submit('/account/confirm', '/account/confirm', again);
      assert.equal(confirmed.status, 303);
    });

    test('counts for the address, too', async () => {
      await using shop = await openShop(store, { ...proxied, LIMIT_PER_ADDRESS: '3' });
      const ada = newPerson();
      const browser = at(shop, '192.0.2.1');
      await browser.signUp(ada);
      const confirm = () =>
        browser.submit('/account/confirm', '/account/confirm', { password: ada.password });
      const statuses = [await confirm(), await confirm(), await confirm()].map((p) => p.status);
      assert.deepEqual(statuses, [303, 303, 429]);
    });

    test('lets nobody try many addresses at the change of their own', async () => {
      await using shop = await openShop(store);
      const others = Array.from({ length: 10 }, () => newPerson());
      for (const other of others) await new Browser(shop).signUp(other);
      const eve = newPerson();
      const browser = new Browser(shop);
      await browser.signUp(eve);
      const tries: Page[] = [];
      for (const { email } of others) {
        const fields = { email, password: eve.password };
        tries.push(await browser.submit('/account', '/account/email', fields));
      }
      assert.equal(count(tries, 422), userLimits.email.most);
      assert.match(words(tries.at(-1)!), /Too many attempts\. Please wait \d+ minutes/);
      shop.clock.advance(hour);
      const fields = { email: newPerson().email, password: eve.password };
      await browser.submit('/account/confirm', '/account/confirm', { password: eve.password });
      assert.equal((await browser.submit('/account', '/account/email', fields)).status, 303);
    });
  });

  test(`a user makes so many links for other devices, and no more (${store})`, async () => {
    await using shop = await openShop(store);
    const browser = new Browser(shop);
    await browser.signUp(newPerson());
    const pages: Page[] = [];
    for (let made = 0; made < userLimits.links.most + 3; made += 1) {
      pages.push(await browser.submit('/transfer', '/transfer'));
    }
    assert.equal(count(pages, 200), userLimits.links.most);
    assert.equal(count(pages, 429), 3);
    assert.ok(Number(pages.at(-1)!.headers['retry-after']) <= 600);
  });
}
