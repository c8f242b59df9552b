import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser, newPerson, type Page } from '../../support/browser.ts';
import { fieldMessages, setCookies, valueOf } from '../../support/reading.ts';
import { stores } from '../../support/shop.ts';
import { shopOfSuite } from '../../support/suite-shop.ts';

const sessionCookie = (page: Page) =>
  setCookies(page).find((cookie) => cookie.startsWith('satchel-3000='))!;

for (const store of stores) {
  suite(`log-in on ${store}`, () => {
    const shop = shopOfSuite(store);

    test('the right password signs in', async () => {
      const ada = newPerson();
      const phone = new Browser(shop);

      await new Browser(shop).signUp(ada);
      const answer = await phone.signIn(ada);
      assert.equal(answer.status, 303);
      assert.equal(answer.location, '/');
      assert.equal(await phone.isSignedIn(), true);
    });

    test('the address may be written in any case, with blanks around', async () => {
      const ada = newPerson();
      const phone = new Browser(shop);

      await new Browser(shop).signUp(ada);
      await phone.signIn({ ...ada, email: `  ${ada.email.toUpperCase()} ` });
      assert.equal(await phone.isSignedIn(), true);
    });

    test('without "keep me signed in" the cookie ends with the browser', async () => {
      const ada = newPerson();
      await new Browser(shop).signUp(ada);

      const cookie = sessionCookie(await new Browser(shop).signIn(ada));
      assert.doesNotMatch(cookie, /Expires|Max-Age/i);
    });

    test('with "keep me signed in" the cookie lives as long as an idle session', async () => {
      const ada = newPerson();
      await new Browser(shop).signUp(ada);

      const before = Date.now();
      const page = await new Browser(shop).signIn(ada, { remember: 'yes' });
      const expires = Date.parse(/Expires=([^;]+)/.exec(sessionCookie(page))![1]!);
      const fourteenDays = 14 * 86_400_000;
      // The header has whole seconds.
      assert.ok(expires >= before + fourteenDays - 1000);
      assert.ok(expires <= Date.now() + fourteenDays);
    });
  });
}

suite('a refused log-in', () => {
  const shop = shopOfSuite('sqlite');

  test('says the same of a wrong password and of an unknown address', async () => {
    const ada = newPerson();
    const nobody = newPerson();
    await new Browser(shop).signUp(ada);

    const wrong = await new Browser(shop).signIn({ ...ada, password: 'not her password at all' });
    const unknown = await new Browser(shop).signIn(nobody);
    assert.equal(wrong.status, 422);
    assert.equal(unknown.status, 422);
    assert.equal(unknown.body.replaceAll(nobody.email, ada.email), wrong.body);
  });

  test('sends the same headers for both', async () => {
    const ada = newPerson();
    await new Browser(shop).signUp(ada);
    const headersOf = async (email: string) => {
      const page = await new Browser(shop).signIn({ email, password: 'not her password at all' });
      const { date: _date, 'server-timing': _timing, ...headers } = page.headers;
      return headers;
    };

    // As long as each other, for the page repeats the address.
    const other = `${ada.email.slice(0, 35)}x${ada.email.slice(36)}`;
    assert.deepEqual(await headersOf(other), await headersOf(ada.email));
  });

  test('keeps the address, the box and where to go, but never the password', async () => {
    const nobody = newPerson();

    const page = await new Browser(shop).signIn(nobody, { remember: 'yes', next: '/cart' });
    assert.equal(valueOf(page, 'email'), nobody.email);
    assert.equal(valueOf(page, 'next'), '/cart');
    assert.ok(page.document.querySelector('input[name="remember"]')?.hasAttribute('checked'));
    assert.ok(!page.body.includes(nobody.password));
  });

  test('sets no cookie', async () => {
    assert.deepEqual(setCookies(await new Browser(shop).signIn(newPerson())), []);
  });

  const wrong: [what: string, fields: Record<string, string>, names: string[]][] = [
    ['an empty form', {}, ['email', 'password']],
    ['no password', { email: 'ada@example.com', password: '' }, ['password']],
    ['no address', { email: ' ', password: 'three warm words here' }, ['email']],
    [
      'a password longer than any of ours',
      { email: 'ada@example.com', password: 'p'.repeat(129) },
      ['password'],
    ],
  ];
  for (const [what, fields, names] of wrong) {
    test(`for ${what} stands beside the field`, async () => {
      const page = await new Browser(shop).post('/login', fields);
      assert.equal(page.status, 422);
      assert.deepEqual(Object.keys(fieldMessages(page)), names);
    });
  }
});

suite('strange characters in a field', () => {
  const shop = shopOfSuite('sqlite');

  const strange: [what: string, text: string][] = [
    ['NUL', 'ada\0@example.com'],
    ['a lone surrogate', 'ada\ud800@example.com'],
    ['an escape sequence', '\u001b[31m@example.com'],
    ['a right-to-left override', '\u202eada@example.com'],
  ];

  for (const [what, email] of strange) {
    test(`${what} is no error of ours, at sign-in and at sign-up`, async () => {
      const person = { name: email, email, password: `three warm words ${email}` };
      const browser = new Browser(shop);

      assert.equal((await browser.postJson('/login', person)).status, 400, 'name is no field');
      const { name: _, ...credentials } = person;
      assert.equal((await browser.postJson('/login', credentials)).status, 422);
      const signUp = await browser.postJson('/signup', { ...person, confirm: person.password });
      assert.ok([303, 422].includes(signUp.status), `answered ${signUp.status}`);
    });
  }

  const shapes: [what: string, value: unknown][] = [
    ['a list', ['ada@example.com']],
    ['a number', 1],
    ['nothing', null],
    ['an object', { $ne: '' }],
    ['an object that cannot be written as text', { toString: 1, valueOf: 1 }],
  ];
  for (const [what, value] of shapes) {
    for (const name of ['email', 'password', 'next', 'remember']) {
      test(`${what} for ${name} is no error of ours`, async () => {
        const body = { email: 'ada@example.com', password: 'three warm words here', [name]: value };

        const page = await new Browser(shop).postJson('/login', body);
        assert.equal(page.status, 422);
      });
    }
  }
});
