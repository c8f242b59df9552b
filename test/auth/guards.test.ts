import assert from 'node:assert/strict';
import { suite, test, type Mock } from 'node:test';
import type { FastifyBaseLogger } from 'fastify';
import { Browser, newPerson } from '../support/browser.ts';
import { json, valueOf } from '../support/reading.ts';
import { openShop } from '../support/shop.ts';
import { shopOfSuite } from '../support/suite-shop.ts';

suite('a guest', () => {
  const shop = shopOfSuite('sqlite');

  const pages: [url: string, location: string][] = [
    ['/', '/login?next=%2F'],
    ['/session', '/login?next=%2Fsession'],
    ['/session?a=b&c=d', '/login?next=%2Fsession%3Fa%3Db%26c%3Dd'],
  ];
  for (const [url, location] of pages) {
    test(`at ${url} is led to ${location}`, async () => {
      const page = await new Browser(shop).get(url);
      assert.equal(page.status, 303);
      assert.equal(page.location, location);
      assert.equal((await new Browser(shop).head(url)).location, location);
    });
  }

  test('is never led to an address that is too long for a header', async () => {
    const browser = new Browser(shop);
    const signIn = `/login?next=${encodeURIComponent(`/${'€'.repeat(1900)}`)}`;
    const pages = [
      await browser.get(`/session?${'&'.repeat(7000)}`),
      await browser.post('/session/variables', undefined, {
        host: 'localhost:3000',
        referer: `http://localhost:3000/session?${'&'.repeat(7000)}`,
      }),
      await browser.get(signIn),
    ];
    for (const { location = '', body } of pages) {
      assert.ok(location.length < 2100, `${location.length}`);
      assert.doesNotMatch(body, /€{1900}|(%E2%82%AC){1900}/);
    }
  });

  for (const url of ['/account/profile', '/session/variables', '/session/variables/remove']) {
    test(`who sends a form to ${url} is led to the sign-in`, async () => {
      const page = await new Browser(shop).post(url, { key: 'a', value: 'b' });
      assert.equal(page.status, 303);
      assert.equal(page.location, '/login?next=%2F&unsaved=1');
    });
  }

  test('who sends the form of the log-out once more is led to the sign-in without a word', async () => {
    const page = await new Browser(shop).post('/logout');
    assert.equal(page.status, 303);
    assert.equal(page.location, '/login');
  });

  const referers: [referer: string | undefined, next: string][] = [
    ['http://localhost:3000/session?a=b', '/session?a=b'],
    ['http://localhost:3000//elsewhere.example', '/'],
    ['http://elsewhere.example/session', '/'],
    ['about:blank', '/'],
    ['/session', '/'],
    [undefined, '/'],
  ];
  for (const [referer, next] of referers) {
    test(`who sends a form from ${referer ?? 'nowhere'} hears that nothing was saved, and may go on at ${next}`, async () => {
      const browser = new Browser(shop);
      const headers = { host: 'localhost:3000', referer };
      const answer = await browser.post('/session/variables', { key: 'a', value: 'b' }, headers);

      const page = await browser.follow(answer);
      const notice = page.document.querySelector('main [role="alert"]')?.text;
      assert.equal(notice, 'You were signed out. Nothing was saved; sign in and try again.');
      assert.equal(valueOf(page, 'next'), next);
      assert.equal(browser.cookies.size, 0);
    });
  }

  test('who wants JSON hears 401 instead', async () => {
    const page = await new Browser(shop).get('/', { accept: 'application/json' });
    assert.equal(page.status, 401);
    assert.equal(json(page).code, 'sign-in-first');
  });
});

suite('a user', () => {
  for (const url of ['/login', '/signup', '/login?next=%2Fcart']) {
    test(`at ${url} is led to the dashboard`, async () => {
      await using shop = await openShop('sqlite');
      const browser = new Browser(shop);
      await browser.signUp(newPerson());

      const page = await browser.get(url);
      assert.equal(page.status, 303);
      assert.equal(page.location, '/');
    });
  }

  test('whose account is gone is a guest, and their session ends', async (t) => {
    await using shop = await openShop('sqlite');
    const browser = new Browser(shop);
    const ada = newPerson();
    await browser.signUp(ada);
    const { id } = shop.app.users.findByEmail(ada.email)!;

    await shop.restart({ DATABASE_URL: `file:${shop.folder}/empty.db` });
    const info = t.mock.method(shop.app.log, 'info');
    const page = await browser.get('/');
    assert.equal(page.status, 303);
    assert.equal(browser.cookies.has('satchel-3000'), false);
    assert.deepEqual(sessionsEnded(info), [{ user: id, reason: 'account-gone' }]);
  });

  test('whose password was changed behind this session is a guest, and it ends', async (t) => {
    await using shop = await openShop('sqlite');
    const browser = new Browser(shop);
    const ada = newPerson();
    await browser.signUp(ada);
    const { id } = shop.app.users.findByEmail(ada.email)!;

    await shop.app.users.setPassword(id, 'another hash');
    const info = t.mock.method(shop.app.log, 'info');
    assert.equal((await browser.get('/')).status, 303);
    assert.equal(browser.cookies.has('satchel-3000'), false);
    assert.deepEqual(sessionsEnded(info), [{ user: id, reason: 'password-changed' }]);
  });
});

/** What the security log says of them. */
function sessionsEnded(info: Mock<FastifyBaseLogger['info']>) {
  const lines = info.mock.calls.map(({ arguments: [line] }) => line as Record<string, unknown>);
  return lines
    .filter(({ event }) => event === 'session_expired')
    .map(({ user, reason }) => ({ user, reason }));
}
