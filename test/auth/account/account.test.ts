import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { Browser, formValues, newPerson, type Person } from '../../support/browser.ts';
import { day, minute } from '../../support/clock.ts';
import { fieldMessages, setCookies, storedKeys, valueOf, words } from '../../support/reading.ts';
import { openShop, stores, type Shop } from '../../support/shop.ts';
import { shopOfSuite } from '../../support/suite-shop.ts';

const newPassword = 'four quite new warm words';

const passwords = (current: string, password = newPassword, confirm = password) => ({
  current,
  password,
  confirm,
});

for (const store of stores) {
  suite(`the account on ${store}`, () => {
    const shop = shopOfSuite(store);

    async function signedUp(): Promise<{ ada: Person; browser: Browser }> {
      const ada = newPerson();
      const browser = new Browser(shop);
      await browser.signUp(ada);
      return { ada, browser };
    }

    test('name and website can be changed', async () => {
      const { browser } = await signedUp();

      const answer = await browser.submit('/account', '/account/profile', {
        name: '  Ada L.  ',
        website: 'https://ada.example.com/',
      });
      assert.equal(answer.status, 303);
      assert.equal(answer.location, '/account');
      const page = await browser.follow(answer);
      assert.match(words(page), /Your profile is saved\./);
      assert.equal(valueOf(page, 'name'), 'Ada L.');
      assert.equal(valueOf(page, 'website'), 'https://ada.example.com/');
    });

    test('a name and a website that will not do come back beside their messages', async () => {
      const { browser } = await signedUp();

      const page = await browser.submit('/account', '/account/profile', {
        name: ' ',
        website: 'javascript:alert(1)',
      });
      assert.equal(page.status, 422);
      assert.deepEqual(Object.keys(fieldMessages(page)), ['profile-name', 'profile-website']);
      assert.equal(valueOf(page, 'website'), 'javascript:alert(1)');
      assert.notEqual(valueOf(await browser.get('/account'), 'website'), 'javascript:alert(1)');
    });

    test('the address can be changed with the password, and is the one to sign in with', async () => {
      const { ada, browser } = await signedUp();
      const { email } = newPerson();

      const answer = await browser.submit('/account', '/account/email', {
        email: email.toUpperCase(),
        password: ada.password,
      });
      assert.equal(answer.status, 303);
      assert.match(words(await browser.follow(answer)), new RegExp(email));
      assert.equal((await new Browser(shop).signIn(ada)).status, 422);
      assert.equal((await new Browser(shop).signIn({ ...ada, email })).status, 303);
    });

    test('an address that is another\u2019s, in whatever case, is refused beside its field', async () => {
      const { ada, browser } = await signedUp();
      const other = await signedUp();

      const email = other.ada.email.toUpperCase();
      const fields = { email, password: ada.password };
      const page = await browser.submit('/account', '/account/email', fields);
      assert.equal(page.status, 422);
      assert.deepEqual(fieldMessages(page), {
        'email-email': 'There is another account with this address.',
      });
      assert.equal(valueOf(page, 'email'), email);
      assert.ok(!page.body.includes(ada.password));
      assert.equal((await new Browser(shop).signIn(ada)).status, 303);
    });

    test('the address in another case may be one\u2019s own', async () => {
      const { ada, browser } = await signedUp();

      const fields = { email: ada.email.toUpperCase(), password: ada.password };
      assert.equal((await browser.submit('/account', '/account/email', fields)).status, 303);
    });

    test('an address is not changed without the password, nor with a wrong one', async () => {
      const { ada, browser } = await signedUp();
      const { email } = newPerson();

      for (const password of ['', 'some other warm words']) {
        const page = await browser.submit('/account', '/account/email', { email, password });
        assert.equal(page.status, 422);
        assert.deepEqual(Object.keys(fieldMessages(page)), ['email-password']);
        assert.equal(valueOf(page, 'email'), email);
      }
      assert.equal((await new Browser(shop).signIn(ada)).status, 303);
    });

    test('a new password is the one to sign in with, and the old one is none', async () => {
      const { ada, browser } = await signedUp();

      const answer = await browser.submit('/account', '/account/password', passwords(ada.password));
      assert.equal(answer.status, 303);
      assert.match(words(await browser.follow(answer)), /Your password is changed\./);
      assert.equal((await new Browser(shop).signIn(ada)).status, 422);
      const changed = { ...ada, password: newPassword };
      assert.equal((await new Browser(shop).signIn(changed)).status, 303);
    });

    test('a new password signs out all other devices, and keeps this one', async () => {
      const { ada, browser } = await signedUp();
      const phone = new Browser(shop);
      await phone.signIn(ada);

      await browser.submit('/account', '/account/password', passwords(ada.password));
      assert.equal(await phone.isSignedIn(), false);
      assert.equal(await browser.isSignedIn(), true);
    });

    test('a sign-in with the old password that is under way while it is changed ends with it', async () => {
      const { ada, browser } = await signedUp();
      const { sessions } = shop.app.store;
      const { create } = sessions;
      sessions.create = async (...asked) => {
        sessions.create = create;
        await browser.submit('/account', '/account/password', passwords(ada.password));
        return create(...asked);
      };

      const late = new Browser(shop);
      await late.signIn(ada);
      assert.equal(await late.isSignedIn(), false);
      assert.equal(await browser.isSignedIn(), true);
    });

    test('with a new password the id rotates: the old one is nobody, what was set stays', async () => {
      const { ada, browser } = await signedUp();
      await browser.submit('/session', '/session/variables', { key: 'colour', value: 'green' });
      await browser.add('weekender');
      const thief = new Browser(shop);
      const old = browser.cookies.get('satchel-3000')!;
      thief.cookies.set('satchel-3000', old);

      await browser.submit('/account', '/account/password', passwords(ada.password));
      assert.notEqual(browser.cookies.get('satchel-3000'), old);
      assert.equal(await thief.isSignedIn(), false);
      assert.match(words(await browser.get('/session')), /colour green/);
      assert.deepEqual(await browser.lines(), { weekender: 1 });
    });

    test('a new password does not lengthen the life of the session', async () => {
      const { ada, browser } = await signedUp();
      await browser.signOut();
      await browser.signIn(ada, { remember: 'yes' });
      for (let days = 0; days < 80; days += 10) {
        shop.clock.advance(10 * day);
        await browser.get('/');
      }

      const answer = await browser.submit('/account', '/account/password', passwords(ada.password));
      assert.match(setCookies(answer).join(), /satchel-3000=[^;]+; .*(Max-Age|Expires)=/);
      assert.equal(await browser.isSignedIn(), true);
      shop.clock.advance(10 * day);
      assert.equal(await browser.isSignedIn(), false);
    });

    test('a new password that will not do changes nothing, and none is shown', async () => {
      const { ada, browser } = await signedUp();
      const phone = new Browser(shop);
      await phone.signIn(ada);
      const refused: [fields: Record<string, string>, field: string][] = [
        [passwords('some other warm words'), 'password-current'],
        [passwords(''), 'password-current'],
        [passwords(ada.password, 'short'), 'password-password'],
        [passwords(ada.password, 'footballfootball'), 'password-password'],
        [passwords(ada.password, 'my satchel is brown'), 'password-password'],
        [passwords(ada.password, newPassword, 'four quite new warm word'), 'password-confirm'],
      ];

      for (const [fields, field] of refused) {
        const page = await browser.submit('/account', '/account/password', fields);
        assert.equal(page.status, 422);
        assert.ok(fieldMessages(page)[field], field);
        for (const value of Object.values(fields).filter(Boolean)) {
          assert.ok(!page.body.includes(`value="${value}"`), value);
        }
      }
      assert.equal(await phone.isSignedIn(), true);
      assert.equal((await new Browser(shop).signIn(ada)).status, 303);
    });

    test('the export holds all there is about the person, and no secret', async () => {
      const { ada, browser } = await signedUp();
      await browser.submit('/session', '/session/variables', { key: 'colour', value: 'green' });
      await browser.add('weekender', 2);

      const page = await browser.get('/account/export');
      assert.equal(page.status, 200);
      assert.match(String(page.headers['content-type']), /^application\/json/);
      assert.match(String(page.headers['content-disposition']), /^attachment;/);
      assert.equal(page.headers['cache-control'], 'no-store');

      const data = JSON.parse(page.body);
      const user = shop.app.users.findByEmail(ada.email)!;
      const { passwordHash, ...rest } = user;
      assert.deepEqual(data.account, JSON.parse(JSON.stringify(rest)));
      assert.equal(data.devices.length, 1);
      assert.equal(data.session.variables.colour, 'green');
      assert.deepEqual(data.cart.lines, [{ slug: 'weekender', quantity: 2 }]);
      const secrets = [passwordHash, '$argon2', browser.cookies.get('satchel-3000')!.slice(0, 43)];
      for (const secret of secrets) assert.ok(!page.body.includes(secret), secret);
      assert.doesNotMatch(page.body, /csrf|passport/i);
    });

    test('an account is deleted with the password, on all devices at once', async () => {
      const { ada, browser } = await signedUp();
      const phone = new Browser(shop);
      await phone.signIn(ada);

      const fields = { password: ada.password };
      const answer = await browser.submit('/account', '/account/delete', fields);
      assert.equal(answer.status, 303);
      assert.equal(browser.cookies.has('satchel-3000'), false);
      const page = await browser.follow(answer);
      assert.match(words(page), /Your account is deleted\. Goodbye/);
      assert.equal(page.document.querySelector('h1')?.text, 'Sign in');
      assert.equal(browser.cookies.has('satchel-3000'), false);
      assert.equal(await phone.isSignedIn(), false);
      assert.equal((await new Browser(shop).signIn(ada)).status, 422);
    });

    test('an account is not deleted with a wrong password', async () => {
      const { ada, browser } = await signedUp();

      const fields = { password: 'some other warm words' };
      const page = await browser.submit('/account', '/account/delete', fields);
      assert.equal(page.status, 422);
      assert.deepEqual(Object.keys(fieldMessages(page)), ['delete-password']);
      assert.equal(await browser.isSignedIn(), true);
      assert.equal((await new Browser(shop).signIn(ada)).status, 303);
    });

    test('a person who deleted the account can sign up again with the same address', async () => {
      const { ada, browser } = await signedUp();
      await browser.add('weekender');
      await browser.submit('/account', '/account/delete', { password: ada.password });

      assert.equal((await browser.signUp(ada)).status, 303);
      assert.deepEqual(await browser.lines(), {});
    });

    const actions = ['profile', 'email', 'password', 'delete'].map((form) => `/account/${form}`);
    for (const action of actions) {
      test(`${action} needs the token of the session, and shows no password again`, async () => {
        const { ada, browser } = await signedUp();

        const fields = {
          ...passwords(ada.password),
          name: 'Mallory',
          email: newPerson().email,
        };
        const page = await browser.post(action, fields);
        assert.equal(page.status, 403);
        assert.ok(!page.body.includes(ada.password));
        assert.ok(!page.body.includes(newPassword));
        assert.equal((await new Browser(shop).signIn(ada)).status, 303);
      });

      test(`${action} takes no fields but its own`, async () => {
        const { ada, browser } = await signedUp();
        const before = shop.app.users.findByEmail(ada.email);

        const page = await browser.get('/account');
        const fields = { passwordHash: 'x', id: 'y', createdAt: '1' };
        assert.match(String((await browser.send(page, action, fields)).status), /^(303|422)$/);
        const { _csrf } = formValues(await browser.get('/account'), action);
        const json = { password: ada.password, ...fields, _csrf };
        assert.equal((await browser.postJson(action, json)).status, 400);
        assert.deepEqual(shop.app.users.findByEmail(ada.email), before);
        assert.equal(await browser.isSignedIn(), true);
      });
    }

    test('forms with a password work however long ago it was last entered', async () => {
      const { ada, browser } = await signedUp();
      shop.clock.advance(60 * minute);

      const { email } = newPerson();
      const fields = { email, password: ada.password };
      assert.equal((await browser.submit('/account', '/account/email', fields)).status, 303);
    });
  });

  suite(`a deleted account on ${store}`, () => {
    test('leaves no trace', async () => {
      await using shop = await openShop(store);
      const witness = new Browser(shop);
      await witness.signUp(newPerson('Witness'));
      const before = await traces(shop);
      const ada = newPerson();
      const browsers = [new Browser(shop), new Browser(shop)] as const;
      await browsers[0].signUp(ada);
      await browsers[1].signIn(ada, { remember: 'yes' });
      for (const browser of browsers) await browser.add('weekender');
      await browsers[0].submit('/cart', '/cart/undo');
      assert.notDeepEqual(await traces(shop), before);

      await browsers[0].submit('/account', '/account/delete', { password: ada.password });
      for (const browser of browsers) await browser.get('/login');
      assert.deepEqual(await traces(shop), before);
      assert.equal(await witness.isSignedIn(), true);
    });

    test('leaves nothing either when the store fails on the way and the person tries again', async () => {
      await using shop = await openShop(store);
      const before = await traces(shop);
      const ada = newPerson();
      const browser = new Browser(shop);
      await browser.signUp(ada);
      await browser.add('weekender');
      const { carts } = shop.app.store;
      const { remove } = carts;
      carts.remove = async () => {
        carts.remove = remove;
        throw new Error('the store broke');
      };

      const fields = { password: ada.password };
      assert.equal((await browser.submit('/account', '/account/delete', fields)).status, 500);
      assert.equal((await browser.signIn(ada)).status, 303);
      await browser.submit('/account', '/account/delete', fields);
      assert.deepEqual(await traces(shop), before);
    });
  });
}

/** What is kept of people and their browsers: keys in Redis, rows in SQLite. */
async function traces(shop: Shop): Promise<string[]> {
  const users = rows(`${shop.folder}/satchel.db`, ['users']);
  const kept = shop.redis ? await storedKeys(shop.redis) : rows(`${shop.folder}/state.db`);
  return [...users, ...kept];
}

/** The name of its table for each row in a file. */
function rows(file: string, tables?: string[]): string[] {
  const database = new Sqlite(file, { readonly: true });
  try {
    const all = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck();
    return (tables ?? (all.all() as string[])).flatMap((table) => {
      const count = database.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;
      return Array.from({ length: count }, () => table);
    });
  } finally {
    database.close();
  }
}
