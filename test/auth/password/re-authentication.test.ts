import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser, newPerson, type Person } from '../../support/browser.ts';
import { minute, second } from '../../support/clock.ts';
import { fieldMessages, json, valueOf, words } from '../../support/reading.ts';
import { stores } from '../../support/shop.ts';
import { shopOfSuite } from '../../support/suite-shop.ts';

for (const store of stores) {
  suite(`re-authentication on ${store}`, () => {
    const shop = shopOfSuite(store);

    async function signedUp(): Promise<{ ada: Person; browser: Browser }> {
      const ada = newPerson();
      const browser = new Browser(shop);
      await browser.signUp(ada);
      return { ada, browser };
    }

    async function elevenMinutesAgo() {
      const signed = await signedUp();
      shop.clock.advance(11 * minute);
      return signed;
    }

    test('at the sign-in counts for ten minutes', async () => {
      const { browser } = await signedUp();
      shop.clock.advance(10 * minute - 10 * second);
      assert.equal((await browser.get('/account/export')).status, 200);

      shop.clock.advance(11 * second);
      const answer = await browser.get('/account/export');
      assert.equal(answer.status, 303);
      assert.equal(answer.location, '/account/confirm?next=%2Faccount');
    });

    test('is not extended by opening pages', async () => {
      const { browser } = await signedUp();
      for (let minutes = 0; minutes < 11; minutes += 1) {
        shop.clock.advance(minute);
        await browser.get('/account');
      }

      assert.equal((await browser.get('/account/export')).status, 303);
    });

    test('is asked for with a problem when the caller wants JSON', async () => {
      const { browser } = await elevenMinutesAgo();

      const page = await browser.get('/account/export', { accept: 'application/json' });
      assert.equal(page.status, 403);
      assert.equal(json(page).code, 're-authenticate-first');
    });

    test('succeeds with the password and leads back to the page that asked for it', async () => {
      const { ada, browser } = await elevenMinutesAgo();
      const asked = await browser.follow(await browser.get('/account/export'));

      const answer = await browser.send(asked, '/account/confirm', { password: ada.password });
      assert.equal(answer.status, 303);
      assert.equal(answer.location, '/account');
      assert.match(words(await browser.follow(answer)), /Thanks, you can continue\./);
      assert.equal((await browser.get('/account/export')).status, 200);
    });

    test('counts for another ten minutes', async () => {
      const { ada, browser } = await elevenMinutesAgo();
      const fields = { password: ada.password };
      await browser.submit('/account/confirm', '/account/confirm', fields);

      shop.clock.advance(9 * minute);
      assert.equal((await browser.get('/account/export')).status, 200);
      shop.clock.advance(2 * minute);
      assert.equal((await browser.get('/account/export')).status, 303);
    });

    test('also happens on any other form that asks for the password', async () => {
      const { ada, browser } = await elevenMinutesAgo();

      const fields = { email: newPerson().email, password: ada.password };
      await browser.submit('/account', '/account/email', fields);
      assert.equal((await browser.get('/account/export')).status, 200);
    });

    test('rotates the session id, and the old id is not signed in', async () => {
      const { ada, browser } = await elevenMinutesAgo();
      const thief = new Browser(shop);
      const old = browser.cookies.get('satchel-3000')!;
      thief.cookies.set('satchel-3000', old);

      const fields = { password: ada.password };
      await browser.submit('/account/confirm', '/account/confirm', fields);
      assert.notEqual(browser.cookies.get('satchel-3000'), old);
      assert.equal(await thief.isSignedIn(), false);
      assert.equal(await browser.isSignedIn(), true);
      const devices = await browser.get('/devices');
      assert.equal(devices.document.querySelectorAll('.devices > li').length, 1);
    });

    test('fails with a wrong password', async () => {
      const { browser } = await elevenMinutesAgo();

      for (const password of ['', 'some other warm words']) {
        const page = await browser.submit('/account/confirm?next=%2Fdevices', '/account/confirm', {
          password,
        });
        assert.equal(page.status, 422);
        assert.ok(fieldMessages(page).password);
        assert.equal(valueOf(page, 'password'), '');
        assert.equal(valueOf(page, 'next'), '/devices');
      }
      assert.equal((await browser.get('/account/export')).status, 303);
    });

    test('slows down guessing, on every form that asks for the password', async () => {
      const { browser } = await elevenMinutesAgo();
      const fields = { password: 'some other warm words' };
      const guess = () => browser.submit('/account/confirm', '/account/confirm', fields);
      while ((await guess()).status === 422);

      const forms: [from: string, action: string, more: Record<string, string>][] = [
        ['/account/confirm', '/account/confirm', {}],
        ['/account', '/account/email', { email: newPerson().email }],
        ['/account', '/account/password', { current: 'x', confirm: fields.password }],
        ['/account', '/account/delete', {}],
      ];
      for (const [from, action, more] of forms) {
        const page = await browser.submit(from, action, { ...fields, ...more });
        assert.equal(page.status, 429, action);
        assert.ok(Number(page.headers['retry-after']) > 0);
        assert.match(Object.values(fieldMessages(page)).join(), /Too many attempts/, action);
      }
      assert.equal(await browser.isSignedIn(), true);
    });

    for (const next of ['//evil.example', '/\\evil.example', '/..//evil.example', 'https:evil']) {
      test(`does not lead to ${next}`, async () => {
        const { ada, browser } = await signedUp();

        const asked = await browser.get(`/account/confirm?next=${encodeURIComponent(next)}`);
        assert.equal(valueOf(asked, 'next'), '/');
        const fields = { password: ada.password, next };
        const answer = await browser.send(asked, '/account/confirm', fields);
        assert.equal(answer.location, '/');
      });
    }

    test('fails without the token of the session', async () => {
      const { ada, browser } = await elevenMinutesAgo();

      const page = await browser.post('/account/confirm', { password: ada.password });
      assert.equal(page.status, 403);
      assert.ok(!page.body.includes(ada.password));
      assert.equal((await browser.get('/account/export')).status, 303);
    });

    test('is for users: a guest is sent to the sign-in', async () => {
      for (const url of ['/account', '/account/confirm', '/account/export', '/devices']) {
        const page = await new Browser(shop).get(url);
        assert.equal(page.location, `/login?next=${encodeURIComponent(url)}`);
      }
    });
  });
}
