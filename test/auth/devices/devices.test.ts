import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser, newPerson, type Page, type Person } from '../../support/browser.ts';
import { day, hour, minute } from '../../support/clock.ts';
import { json, trips, words } from '../../support/reading.ts';
import { stores } from '../../support/shop.ts';
import { shopOfSuite } from '../../support/suite-shop.ts';

const laptopAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
const phoneAgent =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';

const listed = (page: Page) =>
  page.document
    .querySelectorAll('.devices > li')
    .map((item) => item.text.replace(/\s+/g, ' ').trim());

/** Returns the address of the form that signs out the device with this name. */
function revokeAddress(page: Page, name: string): string {
  const item = page.document
    .querySelectorAll('.devices > li')
    .find((item) => item.querySelector('strong')?.text === name && item.querySelector('form'));
  return item!.querySelector('form')!.getAttribute('action')!;
}

for (const store of stores) {
  suite(`devices on ${store}`, () => {
    const shop = shopOfSuite(store);

    /** Returns a person who is signed in on a laptop and on a phone. */
    async function twoDevices(): Promise<{ ada: Person; laptop: Browser; phone: Browser }> {
      const ada = newPerson();
      const laptop = new Browser(shop, { 'user-agent': laptopAgent });
      const phone = new Browser(shop, { 'user-agent': phoneAgent });
      await laptop.signUp(ada);
      await phone.signIn(ada);
      return { ada, laptop, phone };
    }

    async function revokePhone(laptop: Browser): Promise<Page> {
      const page = await laptop.get('/devices');
      return laptop.send(page, revokeAddress(page, 'Safari on iOS'));
    }

    test('each device is listed with browser, system and network, and this device is marked', async () => {
      const { laptop } = await twoDevices();

      const [first, second] = listed(await laptop.get('/devices')).sort();
      assert.match(first!, /^Firefox on Linux this device signed in .+ from 127\.0\.0\.\*$/);
      assert.match(second!, /^Safari on iOS signed in .+ from 127\.0\.0\.\* last seen .+ Sign out/);
    });

    test('the list costs one round trip', async () => {
      const { laptop } = await twoDevices();

      await laptop.get('/');
      assert.equal(trips(await laptop.get('/devices')), 1);
    });

    test('a user who is signed in nowhere else reads so and has no button', async () => {
      const browser = new Browser(shop);
      await browser.signUp(newPerson());

      const page = await browser.get('/devices');
      assert.match(words(page), /You’re not signed in anywhere else\./);
      assert.equal(page.document.querySelectorAll('main form').length, 0);
    });

    test('a device that is signed out is a guest at its next request, and its cart is empty', async () => {
      const { laptop, phone } = await twoDevices();
      await phone.add('weekender');

      const answer = await revokePhone(laptop);
      assert.equal(answer.status, 303);
      assert.equal(answer.location, '/devices');
      assert.deepEqual(await phone.lines(), {});
      assert.equal(await phone.isSignedIn(), false);
      assert.deepEqual(await laptop.lines(), { weekender: 1 });

      const page = await laptop.follow(answer);
      assert.match(words(page), /Safari on iOS is signed out\./);
      assert.equal(listed(page).length, 1);
    });

    test('signing out a device twice is no error', async () => {
      const { laptop } = await twoDevices();
      const page = await laptop.get('/devices');
      const address = revokeAddress(page, 'Safari on iOS');

      await laptop.send(page, address);
      const again = await laptop.follow(await laptop.send(page, address));
      assert.match(words(again), /That device was already signed out\./);
      assert.equal(await laptop.isSignedIn(), true);
    });

    test('all other devices are signed out at once', async () => {
      const { ada, laptop, phone } = await twoDevices();
      const tablet = new Browser(shop);
      await tablet.signIn(ada);

      const answer = await laptop.submit('/devices', '/devices/revoke-others');
      assert.equal(answer.status, 303);
      assert.match(words(await laptop.follow(answer)), /You are signed out everywhere else\./);
      assert.equal(await phone.isSignedIn(), false);
      assert.equal(await tablet.isSignedIn(), false);
      assert.equal(await laptop.isSignedIn(), true);
    });

    test('a change of the cart in flight is not applied once its device was signed out', async () => {
      const { laptop, phone } = await twoDevices();
      const page = await phone.get('/shop/weekender');
      const { carts } = shop.app.store;
      const { change } = carts;
      carts.change = async (...asked) => {
        carts.change = change;
        await revokePhone(laptop);
        return change(...asked);
      };

      const answer = await phone.send(page, '/cart/lines', { quantity: '1' });
      assert.equal(answer.status, 401);
      assert.match(words(answer), /You were signed out Nothing was changed\./);
      assert.deepEqual(await laptop.lines(), {});
    });

    test('a form that arrives completely after its device was signed out changes nothing', async () => {
      const { ada, laptop, phone } = await twoDevices();
      const page = await phone.get('/account');
      const { sessions } = shop.app.store;
      const { load } = sessions;
      // The session is loaded when the headers have arrived. The body may arrive much later.
      sessions.load = async (...asked) => {
        sessions.load = load;
        const loaded = await load(...asked);
        await revokePhone(laptop);
        return loaded;
      };

      const answer = await phone.send(page, '/account/profile', { name: 'Somebody else' });
      assert.equal(answer.status, 401);
      assert.equal(shop.app.users.findByEmail(ada.email)?.name, ada.name);
    });

    test('a re-authentication in flight does not bring back a device that was signed out', async () => {
      const { ada, laptop, phone } = await twoDevices();
      const page = await phone.get('/account/confirm');
      const { sessions } = shop.app.store;
      const { update } = sessions;
      sessions.update = async (...asked) => {
        sessions.update = update;
        await revokePhone(laptop);
        return update(...asked);
      };

      const answer = await phone.send(page, '/account/confirm', { password: ada.password });
      assert.equal(answer.status, 401);
      assert.equal(await phone.isSignedIn(), false);
      assert.equal(listed(await laptop.get('/devices')).length, 1);
    });

    test('the devices of another user cannot be signed out', async () => {
      const { laptop, phone } = await twoDevices();
      const page = await laptop.get('/devices');
      const address = revokeAddress(page, 'Safari on iOS');
      const mallory = new Browser(shop);
      await mallory.signUp(newPerson('Mallory'));

      const { _csrf } = formValuesOfLogOut(await mallory.get('/'));
      const answer = await mallory.post(address, { _csrf });
      assert.match(words(await mallory.follow(answer)), /That device was already signed out\./);
      assert.equal(await phone.isSignedIn(), true);
    });

    test('this device can be signed out by its id, which is a log-out', async () => {
      const { laptop } = await twoDevices();
      const { _csrf } = formValuesOfLogOut(await laptop.get('/'));
      const own = (await laptop.get('/session')).document.querySelector(
        '.session-key > span',
      )!.text;

      const answer = await laptop.post(`/devices/${own.trim()}/revoke`, { _csrf });
      assert.equal(answer.location, '/login');
      assert.equal(laptop.cookies.has('satchel-3000'), false);
      assert.equal(await laptop.isSignedIn(), false);
    });

    for (const action of ['/devices/x/revoke', '/devices/revoke-others']) {
      test(`${action} needs the token of the session`, async () => {
        const { laptop, phone } = await twoDevices();

        assert.equal((await laptop.post(action)).status, 403);
        assert.equal(await phone.isSignedIn(), true);
      });
    }

    for (const action of ['/devices/x/revoke', '/devices/revoke-others']) {
      test(`${action} asks for the password ten minutes after it was last given`, async () => {
        const { laptop, phone } = await twoDevices();
        const { _csrf } = formValuesOfLogOut(await laptop.get('/'));
        shop.clock.advance(11 * minute);

        const answer = await laptop.post(action, { _csrf });
        assert.equal(answer.status, 303);
        assert.equal(answer.location, '/account/confirm?next=%2Fdevices');
        assert.equal(await phone.isSignedIn(), true);
        const asked = await laptop.post(action, { _csrf }, { accept: 'application/json' });
        assert.equal(asked.status, 403);
        assert.equal(json(asked).code, 're-authenticate-first');
      });
    }

    test('a device that was not seen for its idle lifetime is not listed', async () => {
      const { laptop } = await twoDevices();
      shop.clock.advance(10 * day);
      await laptop.get('/');
      shop.clock.advance(4 * day + hour);

      assert.equal(listed(await laptop.get('/devices')).length, 1);
    });
  });
}

function formValuesOfLogOut(page: Page): { _csrf: string } {
  const input = page.document.querySelector('form[action="/logout"] input[name="_csrf"]');
  return { _csrf: input!.getAttribute('value')! };
}
