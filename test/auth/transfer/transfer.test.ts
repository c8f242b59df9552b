import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { createApp } from '../../../src/app.ts';
import { errorAnswers } from '../../../src/http/error-answers.ts';
import { readConfig } from '../../../src/settings/config.ts';
import { Browser, formValues, newPerson, type Page, type Person } from '../../support/browser.ts';
import { day, minute, second } from '../../support/clock.ts';
import { productionSettings, throughProxy } from '../../support/production.ts';
import { setCookies, words } from '../../support/reading.ts';
import { openShop, SECRET, stores } from '../../support/shop.ts';
import { shopOfSuite } from '../../support/suite-shop.ts';

const ORIGIN = 'http://localhost:3000';
const ANDROID =
  'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36';

/** The link as it stands on the page. */
function linkOn(page: Page): string {
  const text = page.document.querySelector('main code')?.text ?? '';
  assert.match(text, /^https?:\/\/[^/]+\/transfer\/[A-Za-z0-9_-]{43}$/);
  return text;
}

const pathOf = (link: string) => new URL(link).pathname;

async function makeLink(browser: Browser): Promise<string> {
  return pathOf(linkOn(await browser.submit('/transfer', '/transfer')));
}

function devicesOn(dashboard: Page): number {
  return dashboard.document.querySelectorAll('.devices > li').length;
}

function assertEnded(page: Page) {
  assert.equal(page.status, 410);
  const { title, advice } = errorAnswers['link-used'];
  assert.ok(words(page).includes(`${title} ${advice}`));
}

for (const store of stores) {
  suite(`continue on your phone, on ${store}`, () => {
    const shop = shopOfSuite(store);

    async function signedUp(person: Person = newPerson()): Promise<Browser> {
      const laptop = new Browser(shop);
      await laptop.signUp(person);
      await laptop.get('/');
      return laptop;
    }

    const newPhone = () => new Browser(shop, { 'user-agent': ANDROID });

    test('the whole story: link, question, button, cart; and the laptop is told', async () => {
      const laptop = await signedUp();
      await laptop.add('weekender', 2);
      const made = await laptop.submit('/transfer', '/transfer');
      assert.equal(made.status, 200);
      assert.equal(made.headers['cache-control'], 'no-store');
      assert.match(words(made), /It works once, for the next 10 minutes\./);
      assert.equal(new URL(linkOn(made)).origin, ORIGIN);

      const phone = newPhone();
      const link = pathOf(linkOn(made));
      const question = await phone.get(link);
      assert.equal(question.status, 200);
      assert.match(words(question), /^Sign in here as Ada Traveller\?/);
      const answer = await phone.send(question, link);
      assert.equal(answer.status, 303);
      assert.equal(answer.location, '/');
      assert.match(words(await phone.follow(answer)), /^Hello, Ada Traveller/);
      assert.deepEqual(await phone.lines(), { weekender: 2 });

      const told = await laptop.get('/shop');
      const notice = told.document.querySelector('main [role="status"]')!;
      assert.equal(notice.text, 'Signed in on Chrome on Android just now. Not you? Sign it out.');
      assert.equal(notice.querySelector('a')?.getAttribute('href'), '/devices');
      assert.doesNotMatch(words(await laptop.get('/shop')), /Signed in on/, 'told once');
    });

    test("a guest's cart on the phone joins the user's when the guest says so", async () => {
      const laptop = await signedUp();
      await laptop.add('weekender', 2);
      const phone = newPhone();
      await phone.add('drizzle-umbrella', 1);

      await phone.submit(...twice(await makeLink(laptop)), { cart: 'yes' });
      assert.deepEqual(await phone.lines(), { weekender: 2, 'drizzle-umbrella': 1 });
    });

    test("a guest's cart stays out of the account of somebody who sent them a link", async () => {
      const attacker = await signedUp(newPerson('Your Bank Support'));
      const link = await makeLink(attacker);
      const victim = newPhone();
      await victim.add('drizzle-umbrella', 1);

      const question = await victim.get(link);
      const box = question.document.querySelector('main input[name="cart"]');
      assert.equal(box?.hasAttribute('checked'), false);
      assert.equal((await victim.send(question, link)).status, 303);
      assert.deepEqual(await attacker.lines(), {});
    });

    test('a guest without a cart is not asked about it', async () => {
      const question = await newPhone().get(await makeLink(await signedUp()));
      assert.equal(question.document.querySelector('main input[name="cart"]'), null);
    });

    test('the page of a link shows so much of the address that its owner knows it', async () => {
      const ada = { ...newPerson('Your Bank Support'), email: 'eve.mallory.2026@attacker.example' };
      const question = await newPhone().get(await makeLink(await signedUp(ada)));
      assert.match(words(question), /The account is e•••@attacker\.example\./);
      assert.doesNotMatch(question.body, /eve\.mallory/);
    });

    test('the phone gets a session of its own, and a cookie that ends with the browser', async () => {
      const laptop = await signedUp();
      const phone = newPhone();
      const answer = await phone.submit(...twice(await makeLink(laptop)));

      const cookie = setCookies(answer).find((cookie) => cookie.startsWith('satchel-3000='));
      assert.doesNotMatch(cookie!, /Expires|Max-Age/i);
      assert.notEqual(phone.cookies.get('satchel-3000'), laptop.cookies.get('satchel-3000'));
      await laptop.signOut();
      assert.equal(await phone.isSignedIn(), true);
    });

    test('looking at a link, as previews do, does not use it up', async () => {
      const laptop = await signedUp();
      const link = await makeLink(laptop);
      for (let look = 0; look < 3; look += 1) {
        const preview = newPhone();
        assert.equal((await preview.get(link)).status, 200);
        const head = await shop.app.inject({ method: 'HEAD', url: link });
        assert.equal(head.statusCode, 200);
        assert.equal(preview.cookies.size, 0);
      }
      assert.equal(devicesOn(await laptop.get('/')), 1);
      assert.equal((await newPhone().submit(...twice(link))).status, 303);
    });

    test('a link works once', async () => {
      const laptop = await signedUp();
      const link = await makeLink(laptop);
      await newPhone().submit(...twice(link));

      const late = newPhone();
      assertEnded(await late.get(link));
      assertEnded(await late.post(link));
      assert.equal(late.cookies.size, 0);
    });

    test('of twenty who press the button at once, one is signed in', async () => {
      const laptop = await signedUp();
      const link = await makeLink(laptop);
      const phones = Array.from({ length: 20 }, newPhone);
      const answers = await Promise.all(phones.map((phone) => phone.post(link)));

      const having = (status: number) => answers.filter((answer) => answer.status === status);
      assert.equal(having(303).length, 1);
      assert.equal(having(410).length, 19);
      assert.equal(devicesOn(await laptop.get('/')), 2);
    });

    test('a link ends after ten minutes', async () => {
      const laptop = await signedUp();
      const [soon, late] = [await makeLink(laptop), await makeLink(laptop)];
      shop.clock.advance(10 * minute - second);
      assert.equal((await newPhone().submit(...twice(soon))).status, 303);
      shop.clock.advance(2 * second);
      assertEnded(await newPhone().get(late));
      assertEnded(await newPhone().post(late));
    });

    test('a link ends when the password changes', async () => {
      const ada = newPerson();
      const laptop = await signedUp(ada);
      const link = await makeLink(laptop);
      const { id } = shop.app.users.findByEmail(ada.email)!;
      await shop.app.users.setPassword(id, 'another hash');
      assertEnded(await newPhone().get(link));
      assertEnded(await newPhone().post(link));
    });

    test('a link ends when its maker signs out', async () => {
      const ada = newPerson();
      const laptop = await signedUp(ada);
      const another = new Browser(shop);
      await another.signIn(ada);
      const link = await makeLink(laptop);
      await laptop.signOut();
      assertEnded(await newPhone().get(link));
      assertEnded(await newPhone().post(link));
    });

    test('a link ends with its maker, however few minutes that session has left', async () => {
      const ada = newPerson();
      const laptop = await signedUp(ada);
      const idle = 13 * day;
      for (let passed = 0; passed < 78 * day; passed += idle) {
        shop.clock.advance(idle);
        await laptop.get('/');
      }
      shop.clock.advance(12 * day - 5 * minute);
      await laptop.submit('/account/confirm', '/account/confirm', { password: ada.password });
      const made = await laptop.submit('/transfer', '/transfer');
      assert.match(words(made), /for the next 5 minutes/);
      shop.clock.advance(6 * minute);
      assertEnded(await newPhone().post(pathOf(linkOn(made))));
    });

    test('a link ends when the account is deleted', async () => {
      const ada = newPerson();
      const laptop = await signedUp(ada);
      const link = await makeLink(laptop);
      await laptop.submit('/account', '/account/delete', { password: ada.password });
      assertEnded(await newPhone().get(link));
      assertEnded(await newPhone().post(link));
    });

    test('a link that was never made is answered like one that was used', async () => {
      const laptop = await signedUp();
      const used = await makeLink(laptop);
      await newPhone().post(used);
      const answer = await newPhone().get(used);
      for (const token of ['x', 'a'.repeat(43), `${used.slice(10, -1)}_`, '..%2F', '%00', 'é']) {
        const url = `/transfer/${encodeURI(token)}`;
        for (const forged of [await newPhone().get(url), await newPhone().post(url)]) {
          assertEnded(forged);
          assert.equal(words(forged), words(answer));
        }
      }
    });

    test('another site cannot press the button', async () => {
      const laptop = await signedUp();
      const link = await makeLink(laptop);
      for (const site of ['cross-site', 'same-site', 'none']) {
        const victim = newPhone();
        const answer = await victim.post(link, {}, { 'sec-fetch-site': site });
        assert.equal(answer.status, 403);
        assert.equal(victim.cookies.size, 0);
      }
      assert.equal((await newPhone().post(link)).status, 303, 'and it was not used up');
    });

    test('a browser that says no more than its origin can press it', async () => {
      const laptop = await signedUp();
      const link = await makeLink(laptop);
      const older = { 'sec-fetch-site': undefined };
      assert.equal((await newPhone().post(link, {}, { ...older, origin: 'null' })).status, 403);
      assert.equal((await newPhone().post(link, {}, { ...older, origin: ORIGIN })).status, 303);
    });

    test('who is signed in as the same user already goes to the dashboard', async () => {
      const ada = newPerson();
      const laptop = await signedUp(ada);
      const phone = newPhone();
      await phone.signIn(ada);
      const link = await makeLink(laptop);

      const page = await phone.get(link);
      assert.equal(page.status, 303);
      assert.equal(page.location, '/');
      assert.equal((await newPhone().post(link)).status, 303, 'and the link was not used up');
    });

    test('who is signed in as another user is told so, and can only sign out', async () => {
      const laptop = await signedUp();
      const link = await makeLink(laptop);
      const bobs = newPhone();
      await bobs.signUp(newPerson('Bob Carrier'));
      await bobs.get('/');

      const page = await bobs.get(link);
      assert.match(words(page), /^You are signed in as Bob Carrier/);
      const forms = page.document.querySelectorAll('main form');
      assert.deepEqual(
        forms.map((form) => form.getAttribute('action')),
        ['/logout'],
      );
      const pressed = await bobs.post(link, formValues(page, '/logout'));
      assert.equal(pressed.location, link);

      await bobs.send(page, '/logout');
      await bobs.submit(...twice(link));
      assert.match(words(await bobs.get('/')), /^Hello, Ada Traveller/);
    });

    test('the pages of a link keep its address to themselves', async () => {
      const link = await makeLink(await signedUp());
      for (const url of [link, '/transfer/forged']) {
        const { headers } = await newPhone().get(url);
        assert.equal(headers['referrer-policy'], 'strict-origin');
        assert.equal(headers['x-robots-tag'], 'noindex');
        assert.equal(headers['cache-control'], 'no-store');
      }
    });

    test('several arrivals, an hour ago and just now: each is told, on the next page', async () => {
      const laptop = await signedUp();
      const [first, second] = [await makeLink(laptop), await makeLink(laptop)];
      await newPhone().post(first);
      await new Browser(shop).post(second);
      shop.clock.advance(61 * minute);
      await laptop.cart();

      const notices = (await laptop.get('/')).document.querySelectorAll('main [role="status"]');
      assert.deepEqual(notices.map(({ text }) => text).sort(), [
        'Signed in on A browser 1 hour ago. Not you? Sign it out.',
        'Signed in on Chrome on Android 1 hour ago. Not you? Sign it out.',
      ]);
    });

    test('the maker confirms the password after the phone signed in, and is still told', async () => {
      const ada = newPerson();
      const laptop = await signedUp(ada);
      const link = await makeLink(laptop);
      const confirmation = await laptop.get('/account/confirm');
      const before = laptop.cookies.get('satchel-3000');
      assert.equal((await newPhone().post(link)).status, 303);

      const { password } = ada;
      const confirmed = await laptop.send(confirmation, '/account/confirm', { password });
      assert.equal(confirmed.status, 303);
      assert.notEqual(laptop.cookies.get('satchel-3000'), before, 'the session has a new id');
      assert.match(
        words(await laptop.follow(confirmed)),
        /Signed in on Chrome on Android just now\./,
      );
      assert.doesNotMatch(words(await laptop.get('/shop')), /Signed in on/, 'told once');
    });

    for (const when of ['before', 'after'] as const) {
      test(`the phone signs in just ${when} the maker’s session gets a new id: the maker is told`, async () => {
        const ada = newPerson();
        const laptop = await signedUp(ada);
        const link = await makeLink(laptop);
        const confirmation = await laptop.get('/account/confirm');
        const { sessions } = shop.app.store;
        const { rotate } = sessions;
        let pressed: Page | undefined;
        sessions.rotate = async (...asked) => {
          sessions.rotate = rotate;
          if (when === 'before') pressed = await newPhone().post(link);
          const moved = await rotate(...asked);
          if (when === 'after') pressed = await newPhone().post(link);
          return moved;
        };

        const { password } = ada;
        const confirmed = await laptop.send(confirmation, '/account/confirm', { password });
        assert.equal(confirmed.status, 303);
        assert.equal(pressed?.status, 303);
        const page = await laptop.follow(confirmed);
        assert.match(words(page), /Signed in on Chrome on Android just now\./);
      });
    }

    test('of phones that sign in while the maker confirms the password, each is told', async () => {
      const ada = newPerson();
      const laptop = await signedUp(ada);
      for (let round = 0; round < 5; round += 1) {
        const links = [await makeLink(laptop), await makeLink(laptop)];
        const confirmation = await laptop.get('/account/confirm');
        const { password } = ada;
        const [confirmed, ...pressed] = await Promise.all([
          laptop.send(confirmation, '/account/confirm', { password }),
          ...links.map((link) => newPhone().post(link)),
        ]);
        assert.equal(confirmed.status, 303);
        assert.deepEqual(
          pressed.map(({ status }) => status),
          [303, 303],
        );
        const told = words(await laptop.follow(confirmed)).match(/Signed in on Chrome on Android/g);
        assert.equal(told?.length, 2, `round ${round}`);
      }
    });

    test('HEAD does not tell of an arrival: the next page does, at its own time', async () => {
      const laptop = await signedUp();
      await newPhone().post(await makeLink(laptop));
      await laptop.head('/');
      shop.clock.advance(2 * minute);

      assert.match(words(await laptop.get('/')), /Signed in on Chrome on Android 2 minutes ago\./);
    });

    test('making a link needs a password from the last ten minutes, and using a link does not count as one', async () => {
      const ada = newPerson();
      const laptop = await signedUp(ada);
      const phone = newPhone();
      await phone.post(await makeLink(laptop));
      const refused = await phone.submit('/transfer', '/transfer');
      assert.equal(refused.location, '/account/confirm?next=%2Ftransfer');

      shop.clock.advance(11 * minute);
      const asked = await laptop.submit('/transfer', '/transfer');
      assert.equal(asked.location, '/account/confirm?next=%2Ftransfer');
      const confirmed = await laptop.submit(asked.location, '/account/confirm', {
        password: ada.password,
      });
      assert.equal(confirmed.location, '/transfer');
      assert.equal((await newPhone().post(await makeLink(laptop))).status, 303);
    });

    test('a guest who wants to make a link signs in first', async () => {
      assert.equal((await new Browser(shop).get('/transfer')).location, '/login?next=%2Ftransfer');
      assert.equal(
        (await new Browser(shop).post('/transfer')).location,
        '/login?next=%2F&unsaved=1',
      );
    });

    test('making a link takes the token of the form', async () => {
      const laptop = await signedUp();
      assert.equal((await laptop.post('/transfer')).status, 403);
    });
  });
}

/** A page whose form leads to the page itself. */
function twice(url: string): [from: string, action: string] {
  return [url, url];
}

test('an outage while a link is looked at leaves it as it is', async () => {
  await using shop = await openShop('redis');
  const laptop = new Browser(shop);
  await laptop.signUp(newPerson());
  const link = await makeLink(laptop);

  const phone = new Browser(shop);
  shop.redis!.pause();
  assert.equal((await phone.get(link)).status, 503);
  shop.redis!.resume();
  assert.equal((await phone.submit(link, link)).status, 303);
});

test('behind a proxy the link leads to the origin that people use', async () => {
  await using shop = await openShop('sqlite', productionSettings);
  const laptop = new Browser(shop, throughProxy);
  await laptop.signUp(newPerson());
  const link = linkOn(await laptop.submit('/transfer', '/transfer'));
  assert.equal(new URL(link).origin, 'https://shop.example');
});

test('the log tells the story in the words of OWASP, without the link', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'satchel-log-'));
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const settings = { SECRET_KEY: SECRET, LIMIT_PER_ADDRESS: '0', DATA_DIR: folder };
  const app = await createApp(readConfig(settings), { logger: { level: 'trace', stream } });
  const laptop = new Browser({ app });
  const phone = new Browser({ app });
  await laptop.signUp(newPerson());
  const link = await makeLink(laptop);
  await phone.submit(link, link);
  await new Browser({ app }).get(link);
  await new Browser({ app }).post(link, {}, { 'sec-fetch-site': 'cross-site' });
  await app.close();
  await rm(folder, { recursive: true });

  const log = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const find = (event: string) => log.filter((line) => line.event === event);
  assert.equal(find('token_created')[0]?.purpose, 'transfer');
  assert.equal(find('token_reuse').length, 1);
  const success = find('authn_login_success').filter(({ method }) => method === 'transfer');
  assert.equal(success.length, 1);
  assert.match(String(success[0]!.session), /^[0-9a-f]{64}$/);
  assert.match(lines.join(''), /"url":"\/transfer\/:token"/);
  assert.ok(!lines.join('').includes(link.slice('/transfer/'.length)), 'the token is in the log');
});
