import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { Browser, newPerson } from '../support/browser.ts';
import { openLoggedShop, type LoggedShop } from '../support/logged-shop.ts';
import { sendRaw } from '../support/raw-request.ts';

suite('the log of requests', () => {
  let shop: LoggedShop;
  before(async () => {
    shop = await openLoggedShop();
  });
  after(() => shop[Symbol.asyncDispose]());

  /** What it says of the request that came last. */
  const lastUrl = () => shop.lines.findLast(({ req }) => req)!.req!.url;

  test('names the pattern of a route, and no value in it', async () => {
    const browser = new Browser(shop);
    await browser.get('/shop/weekender?q=secret');
    assert.equal(lastUrl(), '/shop/:slug');
    await browser.get('/%73hop?q=secret');
    assert.equal(lastUrl(), '/shop');
    await browser.get('/no-such-page?q=secret');
    assert.equal(lastUrl(), '/no-such-page');
  });

  const spellings: ((token: string) => string)[] = [
    (token) => `/transfer/${token}`,
    (token) => `/%74ransfer/${token}`,
    (token) => `/transfer/%${token.charCodeAt(0).toString(16)}${token.slice(1)}`,
    (token) => `//transfer/${token}`,
    (token) => `/transfer//${token}`,
    (token) => `/transfer%2f${token}`,
    (token) => `/transfer%252f${token}`,
    (token) => `/x/transfer/${token}`,
    (token) => `/TRANSFER/${token}`,
    (token) => `/transfer/${token}/`,
    (token) => `/transfer/${token}.`,
    (token) => `/transfer/${token}%`,
    (token) => `/transfer/%ff${token}`,
    (token) => `/transfer?${token}`,
    (token) => `/transfer;${token}`,
    (token) => `/transfer#${token}`,
    (token) => `/reset/${token}`,
    (token) => `/verify/${token}`,
    (token) => `/email/${token}?again`,
    (token) => `http://localhost/transfer/${token}`,
    (token) => `http://evil.example/transfer/${token}`,
  ];
  for (const [at, address] of spellings.entries()) {
    test(`holds no token of a link: ${address('<token>')}`, async () => {
      const token = `T${at}-${randomBytes(32).toString('base64url')}`.slice(0, 43);
      for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS', 'PROPFIND']) {
        await sendRaw(
          shop.port,
          `${method} ${address(token)} HTTP/1.1\r\nhost: localhost\r\n` +
            `referer: http://localhost${address(token)}\r\norigin: http://localhost/${token}\r\n` +
            `connection: close\r\n\r\n`,
        );
      }
      assert.ok(!shop.log().includes(token.slice(2, 30)), shop.log());
    });
  }

  test('holds no token in the words of an error', async (t) => {
    const token = randomBytes(32).toString('base64url');
    t.mock.method(shop.app.store.links, 'read', () =>
      Promise.reject(new Error(`Reply was already sent in "/transfer/${token}" (GET)`)),
    );
    const page = await new Browser(shop).get(`/transfer/${token}`);
    assert.equal(page.status, 500);
    assert.match(shop.lines.findLast(({ err }) => err)!.err!.stack, /\/transfer\/….*\n +at /);
    assert.ok(!shop.log().includes(token));
  });

  test('numbers requests at random', async () => {
    const ids = [];
    for (let at = 0; at < 20; at += 1) {
      await new Browser(shop).get('/shop');
      ids.push(shop.lines.at(-1)!.reqId!);
    }
    assert.equal(new Set(ids).size, 20);
    for (const id of ids) assert.match(id, /^req-[\da-f]{8}-[\da-f-]{27}$/);
  });

  test('has one event for forged session cookies within a minute, with their number', async () => {
    const forgeries = () => shop.lines.filter(({ code }) => code === 'forged-session-cookie');
    const send = async (count: number) => {
      for (let at = 0; at < count; at += 1) {
        const id = randomBytes(32).toString('base64url');
        const cookie = `satchel-3000=${id}.${randomBytes(32).toString('base64url')}`;
        const { statusCode } = await shop.app.inject({ url: '/shop', headers: { cookie } });
        assert.equal(statusCode, 200);
      }
    };
    await send(43);
    assert.deepEqual(
      forgeries().map(({ event, count, ip }) => [event, count, ip]),
      [['input_validation_fail', 1, '127.0.0.1']],
    );

    shop.clock.advance(60_000);
    await send(1);
    assert.deepEqual(
      forgeries().map(({ count }) => count),
      [1, 43],
    );
    // A clock that is set back does not silence it.
    shop.clock.advance(-3_600_000);
    await send(1);
    assert.equal(forgeries().length, 3);
    shop.clock.advance(3_600_000);
  });

  test('has no such event for a session that has ended, or for none', async () => {
    const before = shop.lines.filter(({ code }) => code === 'forged-session-cookie').length;
    shop.clock.advance(60_000);
    const browser = new Browser(shop);
    await browser.get('/shop');
    await browser.signUp(newPerson());
    const stolen = browser.cookieHeader;
    await browser.signOut();
    await new Browser(shop, { cookie: stolen }).get('/shop');
    const after = shop.lines.filter(({ code }) => code === 'forged-session-cookie').length;
    assert.equal(after, before);
  });
});
