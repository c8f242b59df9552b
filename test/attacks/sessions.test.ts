import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { hashSessionId } from '../../src/store/sealing/sealed-sessions.ts';
import { Browser, newPerson } from '../support/browser.ts';
import { setCookies, storedKeys } from '../support/reading.ts';
import { startedShop } from './started-shop.ts';

const COOKIE = '__Host-satchel';

suite('the session', () => {
  const shop = startedShop({ SESSION_IDLE_TTL: '4s' });
  const sessions = async () =>
    (await storedKeys(shop.redis)).filter((key) => key.startsWith('session:'));

  test('that a guest had is nobody after the sign-in', async () => {
    const person = newPerson();
    await new Browser(shop).signUp(person);
    const browser = new Browser(shop);
    await browser.add('field-satchel');
    const guest = browser.cookies.get(COOKIE)!;

    assert.equal((await browser.signIn(person)).status, 303);
    assert.notEqual(browser.cookies.get(COOKIE), guest);
    const thief = new Browser(shop);
    thief.cookies.set(COOKIE, guest);
    assert.equal(await thief.isSignedIn(), false);
    assert.deepEqual(await thief.lines(), {});
  });

  test('that an attacker made up is never taken over', async () => {
    const invented = `${randomBytes(32).toString('base64url')}.${randomBytes(32).toString('base64')}`;
    const browser = new Browser(shop);
    browser.cookies.set(COOKIE, encodeURIComponent(invented));
    const before = await sessions();
    const page = await browser.get('/shop');
    assert.equal(page.status, 200);
    assert.ok(setCookies(page).every((cookie) => !cookie.includes(invented.slice(0, 40))));
    assert.deepEqual(
      (await sessions()).filter((key) => !before.includes(key)),
      [],
    );

    browser.cookies.set(COOKIE, encodeURIComponent(invented));
    await browser.signUp(newPerson());
    assert.ok(!browser.cookies.get(COOKIE)!.startsWith(invented.slice(0, 40)));
  });

  test('stays ended whatever was under way when the user signed out', async (t) => {
    const browser = new Browser(shop);
    await browser.signUp(newPerson());
    const stolen = browser.cookies.get(COOKIE)!;
    const page = await browser.get('/session');
    const before = await sessions();
    const others = Array.from({ length: 60 }, (_, at) => {
      const other = new Browser(shop);
      other.cookies.set(COOKIE, stolen);
      return at % 2 === 0
        ? other.get('/session')
        : other.send(page, '/session/variables', { key: `k${at}`, value: 'x' });
    });
    const [, ...answers] = await Promise.all([browser.send(page, '/logout'), ...others]);
    t.diagnostic(`${answers.filter(({ status }) => status === 200).length} came before, of 60`);

    const thief = new Browser(shop);
    thief.cookies.set(COOKIE, stolen);
    assert.equal(await thief.isSignedIn(), false);
    assert.equal((await sessions()).length, before.length - 1);
  });

  test('leaves nothing in the browser’s storage when the user signs out', async () => {
    const browser = new Browser(shop);
    await browser.signUp(newPerson());
    const page = await browser.signOut();
    assert.equal(page.headers['clear-site-data'], '"storage"');
    assert.equal(browser.cookies.has(COOKIE), false);
  });

  test('that ran out leaves the store by itself, and its cookie is nobody', async () => {
    const browser = new Browser(shop);
    await browser.signUp(newPerson());
    const cookie = browser.cookies.get(COOKIE)!;
    const [id = ''] = decodeURIComponent(cookie).split('.');
    const key = `session:${hashSessionId(id)}`;
    assert.ok((await sessions()).includes(key));
    while ((await sessions()).includes(key)) await delay(50);
    browser.cookies.set(COOKIE, cookie);
    assert.equal(await browser.isSignedIn(), false);
  });
});
