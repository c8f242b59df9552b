import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { suite, test } from 'node:test';
import { openDatabase } from '../../../src/database/open.ts';
import { Browser, newPerson } from '../../support/browser.ts';
import { fieldMessages, valueOf, words } from '../../support/reading.ts';
import { openShop } from '../../support/shop.ts';
import { shopOfSuite } from '../../support/suite-shop.ts';

/** The same address, as browsers, keyboards and the clipboard write it. `jo` is a name that nobody else has. */
const spellings: [how: string, spell: (jo: string) => string][] = [
  ['with the domain in Unicode', (jo) => `${jo}@bücher.example`],
  ['with the domain in ASCII', (jo) => `${jo}@xn--bcher-kva.example`],
  ['in capitals', (jo) => `${jo.toUpperCase()}@BÜCHER.EXAMPLE`],
  ['with accents of their own', (jo) => `${jo}@bu\u0308cher.example`],
  ['with a dot at the end', (jo) => `${jo}@bücher.example.`],
  ['in wide letters', (jo) => `${jo}＠ｂücher．example`],
  ['with a zero width space behind it', (jo) => `${jo}@bücher.example\u200B`],
  ['with a soft hyphen in it', (jo) => `${jo}\u00AD@bücher.example`],
  ['with a Hangul filler before it', (jo) => `\u3164${jo}@bücher.example`],
  ['with a byte order mark and blanks', (jo) => `\uFEFF ${jo}@bücher.example\u00A0`],
  ['with a control character', (jo) => `${jo}\u0007@bücher.example`],
];

suite('one address', () => {
  const shop = shopOfSuite('sqlite');

  for (const [how, spell] of spellings) {
    test(`${how} has one account, and signs in`, async () => {
      const jo = randomUUID();
      const person = { ...newPerson(), email: `${jo}@bücher.example` };
      await new Browser(shop).signUp(person);
      const email = spell(jo);

      assert.equal((await new Browser(shop).signIn({ ...person, email })).status, 303);
      const password = 'another password than that of the account';
      const page = await new Browser(shop).signUp({ ...person, email, password });
      assert.equal(page.status, 422);
      assert.deepEqual(Object.keys(fieldMessages(page)), ['email']);
      assert.equal(valueOf(page, 'email'), email);
    });

    test(`${how} signs up, and signs in as it is usually written`, async () => {
      const jo = randomUUID();
      const person = { ...newPerson(), email: spell(jo) };

      assert.equal((await new Browser(shop).signUp(person)).status, 303);
      const email = `${jo}@xn--bcher-kva.example`;
      assert.equal((await new Browser(shop).signIn({ ...person, email })).status, 303);
    });

    test(`${how} is one's own, and nobody else can change to it`, async () => {
      const jo = randomUUID();
      const person = { ...newPerson(), email: `${jo}@bücher.example` };
      const [browser, eve] = [new Browser(shop), new Browser(shop)];
      const other = newPerson('Eve');
      await browser.signUp(person);
      await eve.signUp(other);
      const email = spell(jo);

      const change = { email, password: person.password };
      assert.equal((await browser.submit('/account', '/account/email', change)).status, 303);
      const page = await eve.submit('/account', '/account/email', {
        ...change,
        password: other.password,
      });
      assert.equal(page.status, 422);
      assert.deepEqual(Object.keys(fieldMessages(page)), ['email-email']);
    });

    test(`${how} has one counter of failures`, async () => {
      const jo = randomUUID();
      const wrong = { email: `${jo}@bücher.example`, password: 'not the right one' };
      for (let failure = 0; failure < 6; failure += 1) await new Browser(shop).signIn(wrong);

      const page = await new Browser(shop).signIn({ ...wrong, email: spell(jo) });
      assert.equal(page.status, 429);
    });
  }

  test('is shown with its domain in Unicode', async () => {
    const browser = new Browser(shop);
    const jo = randomUUID();
    await browser.signUp({ ...newPerson(), email: `${jo}@xn--bcher-kva.example` });

    assert.match(words(await browser.get('/account')), new RegExp(`${jo}@bücher\\.example`));
  });
});

suite('a name', () => {
  const shop = shopOfSuite('sqlite');

  for (const name of [
    '\u200B',
    '\u3164',
    '\u2800\u2800',
    '\u00AD\u2060 \uFEFF',
    '\u0007',
    '\uFE0F',
  ]) {
    test(`in which nothing can be seen (${JSON.stringify(name)}) is refused beside its field`, async () => {
      const person = newPerson(name);

      const page = await new Browser(shop).signUp(person);
      assert.equal(page.status, 422);
      assert.deepEqual(Object.keys(fieldMessages(page)), ['name']);
      assert.equal(valueOf(page, 'name'), name);
      assert.equal(valueOf(page, 'email'), person.email);

      const browser = new Browser(shop);
      await browser.signUp(newPerson());
      const answer = await browser.submit('/account', '/account/profile', { name });
      assert.equal(answer.status, 422);
      assert.deepEqual(Object.keys(fieldMessages(answer)), ['profile-name']);
    });
  }

  test('is stored without what nobody sees, at sign-up and in the profile', async () => {
    const browser = new Browser(shop);
    const person = newPerson('\u202EAda\u200B Love\u00ADlace\uFEFF');
    await browser.signUp(person);
    assert.equal(shop.app.users.findByEmail(person.email)?.name, 'Ada Lovelace');

    await browser.submit('/account', '/account/profile', {
      name: 'A\u2060da\u0000',
      website: 'https://ada.example/\u200B',
    });
    const { name, website } = shop.app.users.findByEmail(person.email)!;
    assert.deepEqual({ name, website }, { name: 'Ada', website: 'https://ada.example/' });
  });

  for (const name of ['علی‌رضا', '👩🏽‍🚀 Ada', 'രാജന്‍']) {
    test(`with a joiner that it needs (${name}) is stored with it`, async () => {
      const person = newPerson(name);
      await new Browser(shop).signUp(person);
      assert.equal(shop.app.users.findByEmail(person.email)?.name, name);
    });
  }
});

test('accounts of an older release sign in after the start, and a clash is one line in the log', async () => {
  const log: { event?: string; accounts?: string[] }[] = [];
  await using shop = await openShop('sqlite', {}, { log });
  const [ada, eve] = [newPerson(), newPerson('Eve')];
  await new Browser(shop).signUp(ada);
  await new Browser(shop).signUp(eve);
  const written = { ada: 'ada@bücher.example', eve: 'ada@bücher.example.' };
  const { id } = shop.app.users.findByEmail(eve.email)!;
  const database = openDatabase(`${shop.folder}/satchel.db`);
  const rewrite = database.$client.prepare('UPDATE users SET email = ? WHERE email = ?');
  rewrite.run(written.ada, ada.email);
  rewrite.run(written.eve, eve.email);
  database.close();

  await shop.restart();
  const email = 'ada@xn--bcher-kva.example';
  assert.equal((await new Browser(shop).signIn({ ...ada, email })).status, 303);
  assert.equal((await new Browser(shop).signIn({ ...eve, email: written.eve })).status, 303);
  const clashes = log.filter(({ event }) => event === 'email_clash');
  assert.deepEqual(
    clashes.map(({ accounts }) => accounts),
    [[id]],
  );
});
