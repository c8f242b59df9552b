import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { PASSWORDS_DIFFER } from '../../../src/auth/fields.ts';
import { signUpForm } from '../../../src/auth/sign-in/forms.ts';
import { Browser, newPerson } from '../../support/browser.ts';
import { day } from '../../support/clock.ts';
import { fieldMessages, setCookies, storedKeys, valueOf, words } from '../../support/reading.ts';
import { stores } from '../../support/shop.ts';
import { shopOfSuite } from '../../support/suite-shop.ts';

/** A form in which every field is right. The address has no account yet. */
function filledIn() {
  const person = newPerson();
  return { ...person, confirm: person.password, website: 'https://ada.example.com/' };
}

for (const store of stores) {
  suite(`sign-up on ${store}`, () => {
    const shop = shopOfSuite(store);

    test('a person who signs up is signed in and greeted by name', async () => {
      const browser = new Browser(shop);

      const answer = await browser.signUp(newPerson('Grace'));
      assert.equal(answer.status, 303);
      assert.equal(answer.location, '/');
      const dashboard = await browser.follow(answer);
      assert.equal(dashboard.document.querySelector('h1')?.text, 'Hello, Grace');
      assert.match(words(dashboard), /Welcome to Satchel, Grace\./);
    });

    test('the greeting is shown once', async () => {
      const browser = new Browser(shop);

      await browser.signUp(newPerson());
      await browser.get('/');
      assert.doesNotMatch(words(await browser.get('/')), /Welcome to Satchel/);
    });

    test('what a guest put in the cart comes along', async () => {
      const browser = new Browser(shop);

      await browser.add('weekender', 2);
      await browser.signUp(newPerson());
      assert.deepEqual(await browser.lines(), { weekender: 2 });
    });
  });
}

suite('the sign-up form', () => {
  const shop = shopOfSuite('redis');

  const { name, email, password, website } = signUpForm.fields;
  const COMMON_PASSWORD =
    'Many people use this password, so it is guessed first. Try a few words of your own.';
  const wrong: [what: string, fields: Record<string, string>, field: string, message: string][] = [
    ['no name', { name: '' }, 'name', name.message],
    ['a name of blanks', { name: '   ' }, 'name', name.message],
    ['a name of 81 characters', { name: 'n'.repeat(81) }, 'name', name.message],
    ['no address', { email: '' }, 'email', email.message],
    ['half an address', { email: 'ada@' }, 'email', email.message],
    ['an address without a dot', { email: 'ada@example' }, 'email', email.message],
    ['two addresses', { email: 'a@b.example c@d.example' }, 'email', email.message],
    [
      'an address too long for mail',
      { email: `${'a'.repeat(250)}@b.example` },
      'email',
      email.message,
    ],
    [
      'a password of 14 characters',
      { password: 'p'.repeat(14), confirm: 'p'.repeat(14) },
      'password',
      password.message,
    ],
    [
      'a password of 129 characters',
      { password: 'p'.repeat(129), confirm: 'p' },
      'password',
      password.message,
    ],
    [
      'a common password',
      { password: 'footballfootball', confirm: 'footballfootball' },
      'password',
      COMMON_PASSWORD,
    ],
    ['two passwords that differ', { confirm: 'three warm words her' }, 'confirm', PASSWORDS_DIFFER],
    ['a website that is a script', { website: 'javascript:alert(1)' }, 'website', website.message],
    ['a website without a scheme', { website: 'ada.example.com' }, 'website', website.message],
  ];

  for (const [what, fields, field, message] of wrong) {
    test(`${what}: says so beside the field, and keeps what was entered`, async () => {
      const entered = { ...filledIn(), ...fields };

      const page = await new Browser(shop).post('/signup', entered);
      assert.equal(page.status, 422);
      assert.deepEqual(Object.keys(fieldMessages(page)), [field]);
      assert.equal(fieldMessages(page)[field], message);
      for (const name of ['name', 'email', 'website'] as const) {
        assert.equal(valueOf(page, name), entered[name]);
      }
      assert.ok(!page.body.includes(entered.password), 'the password stands in the page');
    });
  }

  test('all that is wrong is said at once', async () => {
    const page = await new Browser(shop).post('/signup', {});
    assert.deepEqual(Object.keys(fieldMessages(page)), ['name', 'email', 'password', 'confirm']);
  });

  test('a wrong field is marked, described by its message, and linked from the summary', async () => {
    const page = await new Browser(shop).post('/signup', { ...filledIn(), email: 'ada' });
    const input = page.document.querySelector('input[name="email"]');
    assert.equal(input?.getAttribute('aria-invalid'), 'true');
    assert.equal(input?.getAttribute('aria-describedby'), 'email-error');
    assert.ok(page.document.querySelector('.error-summary a[href="#email"]'));
  });

  test('a refused sign-up leaves no account, no cookie and no record', async () => {
    const entered = { ...filledIn(), confirm: 'something else' };
    const before = await storedKeys(shop.redis!);

    const page = await new Browser(shop).post('/signup', entered);
    assert.equal(page.status, 422);
    assert.equal(shop.app.users.findByEmail(entered.email), undefined);
    assert.deepEqual(setCookies(page), []);
    assert.deepEqual(await storedKeys(shop.redis!), before);
  });

  for (const website of ['', '   ']) {
    test(`the website may be left empty (${JSON.stringify(website)})`, async () => {
      const entered = { ...filledIn(), website };

      assert.equal((await new Browser(shop).post('/signup', entered)).status, 303);
      assert.equal(shop.app.users.findByEmail(entered.email)?.website, null);
    });
  }

  test('the website may be missing', async () => {
    const { website: _, ...entered } = filledIn();

    assert.equal((await new Browser(shop).post('/signup', entered)).status, 303);
  });

  const spellings: [how: string, spell: (email: string) => string][] = [
    ['in the same letters', (email) => email],
    ['in capitals', (email) => email.toUpperCase()],
    ['with blanks around', (email) => `  ${email} `],
    ['with a mixed domain', (email) => email.replace('example', 'ExAmPlE')],
  ];
  for (const [how, spell] of spellings) {
    test(`an address has one account, also when written ${how}`, async () => {
      const ada = filledIn();
      await new Browser(shop).post('/signup', ada);

      const eve = { ...filledIn(), name: 'Eve', email: spell(ada.email) };
      const page = await new Browser(shop).post('/signup', eve);
      assert.equal(page.status, 422);
      assert.match(fieldMessages(page).email!, /There is already an account with this address/);
      assert.equal(shop.app.users.findByEmail(ada.email)?.name, ada.name);
    });
  }

  test('of two sign-ups with one address at once, one makes the account', async () => {
    const entered = filledIn();

    const pages = await Promise.all(
      ['Ada', 'Eve'].map((name) => new Browser(shop).post('/signup', { ...entered, name })),
    );
    assert.deepEqual(
      pages.map(({ status }) => status).toSorted((a, b) => a - b),
      [303, 422],
    );
  });

  for (const extra of ['id', 'role', 'isAdmin', 'createdAt', 'passwordHash', '__proto__']) {
    test(`a field that is not of our form (${extra}) is dropped: nothing of it is stored`, async () => {
      const entered = filledIn();

      const page = await new Browser(shop).post('/signup', { ...entered, [extra]: '987654321' });
      assert.equal(page.status, 303);
      const user = shop.app.users.findByEmail(entered.email);
      assert.doesNotMatch(JSON.stringify(user), /987654321|isAdmin|role/);
      assert.equal(Object.getPrototypeOf({}), Object.prototype);
    });

    test(`a field that JSON should not have (${extra}) is refused and makes no account`, async () => {
      const entered = filledIn();

      const page = await new Browser(shop).postJson(
        '/signup',
        JSON.stringify({ ...entered, EXTRA: '1' }).replace('EXTRA', extra),
      );
      assert.equal(page.status, 400);
      assert.equal(shop.app.users.findByEmail(entered.email), undefined);
    });
  }
});

suite('a password may be', () => {
  const shop = shopOfSuite('sqlite');

  const long = 'three warm words'.repeat(8);
  const passwords: [what: string, password: string][] = [
    ['15 characters', 'three warm word'],
    ['128 characters', long],
    ['128 characters that take four bytes each', '\u{1F45C}\u{1F392}\u{1F4BC}\u{1F9F3}'.repeat(32)],
    ['in any script', 'пароль из нескольких слов'],
    ['blanks around and between', '   words with blanks   '],
    ['markup', '<script>alert(1)</script>'],
    ['control characters', 'a\0b\u0007c and some more'],
  ];

  for (const [what, password] of passwords) {
    test(`${what}, and it signs in as it is`, async () => {
      const ada = { ...newPerson(), password };
      const phone = new Browser(shop);

      await new Browser(shop).signUp(ada);
      await phone.signIn(ada);
      assert.equal(await phone.isSignedIn(), true);
    });
  }

  test('but it is never cut: the first 127 of 128 characters do not sign in', async () => {
    const ada = { ...newPerson(), password: long };

    await new Browser(shop).signUp(ada);
    const page = await new Browser(shop).signIn({ ...ada, password: long.slice(0, -1) });
    assert.equal(page.status, 422);
  });

  test('but it is never taken in another spelling: with other capitals, or blanks more or less', async () => {
    const ada = { ...newPerson(), password: ' Three warm Words here' };

    await new Browser(shop).signUp(ada);
    for (const password of [
      ada.password.toLowerCase(),
      ada.password.trim(),
      `${ada.password} `,
      ada.password.replace('m W', 'm  W'),
    ]) {
      assert.equal((await new Browser(shop).signIn({ ...ada, password })).status, 422, password);
    }
    assert.equal((await new Browser(shop).signIn(ada)).status, 303);
  });

  test('kept for years: nobody is asked to change it', async () => {
    const ada = newPerson();
    await new Browser(shop).signUp(ada);
    shop.clock.advance(5 * 365 * day);

    const browser = new Browser(shop);
    assert.equal((await browser.signIn(ada)).location, '/');
    assert.equal(await browser.isSignedIn(), true);
  });

  test('typed on a keyboard that writes an accent as a character of its own', async () => {
    const ada = { ...newPerson(), password: 'déjà vu à la carte' };
    const phone = new Browser(shop);

    await new Browser(shop).signUp(ada);
    await phone.signIn({ ...ada, password: ada.password.normalize('NFD') });
    assert.equal(await phone.isSignedIn(), true);
  });
});
