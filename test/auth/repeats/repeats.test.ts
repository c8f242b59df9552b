import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser, type Page } from '../../support/browser.ts';
import { minute, second } from '../../support/clock.ts';
import { sessionCookies, words } from '../../support/reading.ts';
import { openShop, stores } from '../../support/shop.ts';
import { shopOfSuite } from '../../support/suite-shop.ts';
import {
  copyOf,
  endingForms,
  NEW_PASSWORD,
  rotatingForms,
  send,
  signedUp,
  signInForms,
} from './forms.ts';

const ACCUSATIONS = /you were signed out|nothing was|already an account|has expired/i;

for (const store of stores) {
  suite(`a form that is sent twice, on ${store}`, () => {
    const shop = shopOfSuite(store);

    async function assertSame(first: Page, firstJar: Browser, second: Page, secondJar: Browser) {
      assert.equal(first.status, 303);
      assert.equal(second.status, 303);
      assert.equal(second.location, first.location);
      const page = await secondJar.follow(second);
      assert.equal(words(page), words(await firstJar.follow(first)));
      assert.doesNotMatch(words(page), ACCUSATIONS);
    }

    for (const [form, { fill, to, says }] of Object.entries(rotatingForms)) {
      test(`${form}: both at once get the same answer, and one session`, async () => {
        const filled = await fill(shop);
        const other = copyOf(filled.browser, shop);
        const [first, second] = await Promise.all([
          send(filled),
          send({ ...filled, browser: other }),
        ]);

        assert.equal(first.location, to);
        assert.equal(second.location, to);
        assert.equal(other.cookies.get('satchel-3000'), filled.browser.cookies.get('satchel-3000'));
        const pages = [await filled.browser.get('/'), await other.get('/')];
        for (const page of pages) {
          assert.equal(page.status, 200);
          assert.doesNotMatch(words(page), ACCUSATIONS);
        }
      });

      test(`${form}: the second arrives after the answer to the first was lost`, async () => {
        const filled = await fill(shop);
        const other = copyOf(filled.browser, shop);
        await send(filled);
        const answer = await send({ ...filled, browser: other });

        assert.equal(sessionCookies(answer).length, 1);
        assert.equal(other.cookies.get('satchel-3000'), filled.browser.cookies.get('satchel-3000'));
        assert.equal(answer.location, to);
        const page = await other.follow(answer);
        assert.match(words(page), says);
        assert.doesNotMatch(words(page), ACCUSATIONS);
      });

      test(`${form}: the second has the cookie of the first answer already, and its message is shown again`, async () => {
        const filled = await fill(shop);
        const first = await send(filled);
        const shown = words(await filled.browser.follow(first));
        const second = await send(filled);

        assert.equal(second.status, 303);
        assert.equal(second.location, first.location);
        assert.equal(words(await filled.browser.follow(second)), shown);
      });
    }

    for (const [form, { fill, to }] of Object.entries(endingForms)) {
      for (const when of ['at once', 'after the answer was lost', 'after the answer'] as const) {
        test(`${form}: the second comes ${when} and gets the same answer`, async () => {
          const filled = await fill(shop);
          const other = when === 'after the answer' ? filled.browser : copyOf(filled.browser, shop);
          const again = () => send({ ...filled, browser: other });
          const first = send(filled);
          if (when !== 'at once') await first;
          const [one, two] = await Promise.all([first, again()]);

          assert.equal(one.location, to);
          await assertSame(one, filled.browser, two, other);
          assert.equal(await other.isSignedIn(), false);
        });
      }
    }

    test('the password is changed once, and the next change works', async () => {
      const filled = await rotatingForms['a change of the password']!.fill(shop);
      const other = copyOf(filled.browser, shop);
      await Promise.all([send(filled), send({ ...filled, browser: other })]);
      const { passwordVersion } = shop.app.users.findByEmail(filled.person.email)!;
      assert.equal(passwordVersion, 2);

      const next = 'yet another four words';
      const entered = { current: NEW_PASSWORD, password: next, confirm: next };
      const page = await other.follow(await other.submit('/account', '/account/password', entered));
      assert.match(words(page), /Your password is changed/);
    });

    test('of a form that fails after the id has rotated, the repeat keeps its session', async (t) => {
      const filled = await rotatingForms['a change of the e-mail address']!.fill(shop);
      const other = copyOf(filled.browser, shop);
      // Somebody else takes the address in the last moment.
      t.mock.method(shop.app.users, 'update', () => false);
      assert.equal((await send(filled)).status, 422);
      t.mock.reset();

      const answer = await send({ ...filled, browser: other });
      assert.equal(answer.location, '/account');
      assert.equal(await other.isSignedIn(), true);
    });

    test('a wrong password is no answer to keep: the form is worked on again', async () => {
      const filled = await rotatingForms['a confirmation of the password']!.fill(shop);
      const wrong = { ...filled, fields: { ...filled.fields, password: 'not this one at all' } };
      assert.equal((await send(wrong)).status, 422);
      assert.equal((await send(wrong)).status, 422);
      assert.equal((await send(filled)).status, 303);
    });

    for (const [form, { fill, says }] of Object.entries(signInForms)) {
      for (const when of ['at once', 'after the answer was lost'] as const) {
        test(`${form}: the second comes ${when}, and both are signed in`, async () => {
          const filled = await fill(shop);
          const other = copyOf(filled.browser, shop);
          const first = send(filled);
          if (when !== 'at once') await first;
          const answers = await Promise.all([first, send({ ...filled, browser: other })]);

          for (const [at, browser] of [filled.browser, other].entries()) {
            const page = await browser.follow(answers[at]!);
            assert.equal(page.status, 200);
            assert.match(words(page), says);
          }
        });
      }
    }

    test('a sign-up for a new account with another password is refused, and counts as a wrong password', async () => {
      const filled = await signInForms['a sign-up']!.fill(shop);
      await send(filled);
      const guess = 'a guess of their password';
      const fields = { ...filled.fields, password: guess, confirm: guess };
      const stranger = new Browser(shop);
      let last: Page | undefined;
      for (let guesses = 0; guesses < 10; guesses += 1) {
        last = await stranger.post('/signup', fields);
        assert.notEqual(last.status, 303);
      }
      assert.equal(last?.status, 429);
    });

    test('a visitor without a session who sends a form is told that nothing was saved', async () => {
      const answer = await new Browser(shop).post('/account/password', { current: 'x' });
      assert.match(answer.location!, /&unsaved=1$/);
    });

    test('a visitor whose session is gone is not told so: the form may be a repeat', async () => {
      const { browser, person } = await signedUp(shop);
      const page = await browser.get('/account');
      const phone = new Browser(shop);
      await phone.signIn(person);
      await phone.submit('/devices', '/devices/revoke-others');
      const answer = await browser.send(page, '/account/profile', { name: 'Ada' });
      assert.match(
        words(await browser.follow(answer)),
        /You were signed out before this form reached us\. Sign in to see what was saved\./,
      );
    });

    test('a request that loaded the session before the password changed does not end the new one', async () => {
      const filled = await rotatingForms['a change of the password']!.fill(shop);
      const late = copyOf(filled.browser, shop);
      const { sessions } = shop.app.store;
      const { load } = sessions;
      sessions.load = async (...asked) => {
        sessions.load = load;
        const loaded = await load(...asked);
        assert.equal((await send(filled)).status, 303);
        return loaded;
      };

      assert.equal((await late.get('/account')).status, 303);
      assert.equal(await filled.browser.isSignedIn(), true);
    });
  });
}

test('a sign-up for an account that is older than a minute is refused', async () => {
  await using shop = await openShop('sqlite');
  const filled = await signInForms['a sign-up']!.fill(shop);
  const other = copyOf(filled.browser, shop);
  await send(filled);
  shop.clock.advance(minute + second);
  const answer = await send({ ...filled, browser: other });
  assert.equal(answer.status, 422);
  assert.equal(other.cookies.has('satchel-3000'), false);
});
