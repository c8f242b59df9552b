import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { suite, test } from 'node:test';
import Database from 'better-sqlite3';
import { Browser, newPerson, type Page } from '../support/browser.ts';
import { setCookies } from '../support/reading.ts';
import { startedShop } from './started-shop.ts';

suite('every answer', () => {
  const shop = startedShop();
  const get = (url: string) => shop.app.inject({ method: 'GET', url });

  const urls = [
    '/',
    '/shop',
    '/shop/field-satchel',
    '/cart',
    '/login',
    '/nowhere',
    '/robots.txt',
    '/art/field-satchel.svg',
    '/livez',
    '/shop/%c0%ae',
    '/.well-known/security.txt',
  ];
  for (const url of urls) {
    test(`tells the browser to be strict: ${url}`, async () => {
      const { headers } = await get(url);
      const policy = new Map(
        String(headers['content-security-policy'])
          .split('; ')
          .map((directive) => [directive.split(' ')[0]!, directive.split(' ').slice(1).join(' ')]),
      );
      assert.equal(policy.get('default-src'), "'none'");
      assert.equal(policy.get('base-uri'), "'none'");
      assert.equal(policy.get('form-action'), "'self'");
      assert.equal(policy.get('frame-ancestors'), "'none'");
      assert.equal(policy.get('require-trusted-types-for'), "'script'");
      assert.equal(policy.get('trusted-types'), "'none'");
      for (const sources of policy.values()) assert.match(sources, /^'(none|self|script)'$/);

      assert.equal(headers['strict-transport-security'], 'max-age=63072000; includeSubDomains');
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['x-frame-options'], 'DENY');
      assert.equal(headers['referrer-policy'], 'same-origin');
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
      assert.equal(headers['cross-origin-embedder-policy'], 'require-corp');
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
      assert.doesNotMatch(String(headers['permissions-policy']), /=(?!\(\))/);
      for (const name of ['server', 'x-powered-by', 'access-control-allow-origin']) {
        assert.equal(headers[name], undefined);
      }
    });
  }

  test('of a page is kept nowhere; a file with a hash in its name is kept for good', async () => {
    for (const url of ['/', '/shop', '/cart', '/login', '/nowhere', '/livez']) {
      assert.equal((await get(url)).headers['cache-control'], 'no-store', url);
    }
    const [script] = /\/assets\/[^"]+\.js/.exec((await get('/shop')).body)!;
    assert.match(String((await get(script)).headers['cache-control']), /immutable/);
  });

  test('names no script, style or picture of another site', async () => {
    const page = await new Browser(shop).get('/shop');
    for (const element of page.document.querySelectorAll('script, link, img')) {
      const address = element.getAttribute('src') ?? element.getAttribute('href') ?? '';
      assert.match(address, /^\/[^/]/);
    }
    assert.equal(page.document.querySelectorAll('style, script:not([src]), [style]').length, 0);
  });

  test('that gives a cookie gives it by name, locked and short', async () => {
    const person = newPerson();
    const browser = new Browser(shop);
    const answers = [
      await browser.add('field-satchel'),
      await browser.signUp(person),
      await browser.signOut(),
      await browser.signIn(person, { remember: 'yes' }),
      await browser.submit('/account', '/account/delete', { password: person.password }),
    ];
    const cookies = answers.flatMap(setCookies);
    assert.ok(cookies.length >= 6);
    assert.ok(cookies.some((cookie) => cookie.startsWith('__Host-satchel=')));
    for (const cookie of cookies) {
      assert.match(cookie, /^__Host-[a-z]+=[^;]*; (?!.*Domain)/i);
      assert.match(cookie, /; SameSite=(Lax|Strict)(;|$)/);
      for (const attribute of ['Path=/', 'HttpOnly', 'Secure']) {
        assert.ok(cookie.split('; ').includes(attribute), attribute);
      }
      assert.ok(cookie.length < 300);
    }
  });

  test('to a script is the same for everyone', async () => {
    const browser = new Browser(shop);
    await browser.signUp(newPerson());
    const [script] = /\/assets\/[^"]+\.js/.exec((await browser.get('/')).body)!;
    const [own, guests] = [await browser.get(script), await new Browser(shop).get(script)];
    const hash = ({ body }: Page) => createHash('sha256').update(body).digest('hex');
    assert.equal(hash(own), hash(guests));
    assert.deepEqual(setCookies(own), []);
  });

  test('security.txt names a mailbox and ends within a year (RFC 9116)', async () => {
    const { body, headers } = await get('/.well-known/security.txt');
    assert.equal(headers['content-type'], 'text/plain; charset=utf-8');
    assert.match(body, /^Contact: mailto:security@localhost$/m);
    assert.match(
      body,
      new RegExp(`^Canonical: https://${shop.host}/.well-known/security.txt$`, 'm'),
    );
    const expires = Date.parse(/^Expires: (.+)$/m.exec(body)![1]!);
    assert.ok(expires > Date.now() && expires < Date.now() + 365 * 86_400_000);
  });

  test('change-password leads to the account', async () => {
    const { statusCode, headers } = await get('/.well-known/change-password');
    assert.equal(statusCode, 303);
    assert.equal(headers.location, '/account');
  });

  const absent = [
    '/@vite/client',
    '/@id/x',
    '/@fs/etc/passwd',
    '/src/server.ts',
    '/client/main.ts',
    '/node_modules/vite/package.json',
    '/.env',
    '/.git/HEAD',
    '/assets/',
    '/assets/.env',
    '/assets/../src/app.ts',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/art/',
    '/art/..%2f..%2fpackage.json',
    '/package.json',
    '/data/satchel.db',
    '/metrics',
    '/swagger',
    '/docs',
    '/cart/x.css',
    '/cart%2fx.css',
    '/session;x.js',
    '/index.html',
  ];
  for (const url of absent) {
    test(`is 404 at ${url}`, async () => {
      const answer = await shop.send(
        `GET ${url} HTTP/1.1\r\nhost: ${shop.host}\r\nx-forwarded-proto: https\r\nconnection: close\r\n\r\n`,
      );
      assert.deepEqual(answer.statuses, [404]);
      assert.doesNotMatch(answer.text, /root:|sourceMappingURL|"dependencies"/);
    });
  }

  test('holds no source map', async () => {
    const [script] = /\/assets\/[^"]+\.js/.exec((await get('/shop')).body)!;
    assert.equal((await get(`${script}.map`)).statusCode, 404);
    assert.doesNotMatch((await get(script)).body, /sourceMappingURL/);
  });

  test('of the probes is one word', async () => {
    assert.equal((await get('/livez')).body, 'ok\n');
    assert.equal((await get('/readyz')).body, 'ok\n');
  });
});

suite('what went wrong inside', () => {
  const shop = startedShop();
  const telling =
    /SQLITE|SqliteError|no such table|ECONNREFUSED|ioredis|FST_ERR|fastify|node_modules|\/src\/|\.ts:|\.eta| at [\w.]+ \(|v\d+\.\d+\.\d+/i;

  test('in the database is not told, only a number to ask about', async (t) => {
    const user = new Browser(shop);
    await user.signUp(newPerson());
    const { email, password, name } = newPerson();
    const product = { product: 'field-satchel', quantity: '1', change: crypto.randomUUID() };
    const asked: ((accept: string) => Promise<Page>)[] = [
      (accept) => new Browser(shop).post('/login', { email, password }, { accept }),
      (accept) =>
        new Browser(shop).post('/signup', { name, email, password, confirm: password }, { accept }),
      (accept) => new Browser(shop).post('/cart/lines', product, { accept }),
      ...['/shop', '/shop/field-satchel'].map(
        (url) => (accept: string) => new Browser(shop).get(url, { accept }),
      ),
      ...['/', '/account', '/account/export', '/devices', '/session', '/transfer', '/cart'].map(
        (url) => (accept: string) => user.get(url, { accept }),
      ),
    ];
    const database = new Database(`${shop.folder}/satchel.db`);
    const tables = ['users', 'products'];
    for (const table of tables) database.exec(`ALTER TABLE ${table} RENAME TO ${table}_gone`);
    try {
      for (const ask of asked) {
        for (const accept of ['text/html', 'application/json']) {
          const page = await ask(accept);
          assert.equal(page.status, 500);
          assert.doesNotMatch(page.body, telling);
          assert.match(page.body, /req-[0-9a-z]+/);
        }
      }
    } finally {
      for (const table of tables) database.exec(`ALTER TABLE ${table}_gone RENAME TO ${table}`);
      database.close();
    }
    t.diagnostic(`${asked.length} pages broken, none said why`);
    assert.equal((await shop.app.inject({ method: 'GET', url: '/readyz' })).statusCode, 200);
    assert.equal(await user.isSignedIn(), true);
  });

  test('in the store is a 503 that keeps the session and says when to come again', async () => {
    const browser = new Browser(shop);
    await browser.signUp(newPerson());
    const cookie = browser.cookies.get('__Host-satchel');
    await shop.redis.kill();
    const page = await browser.get('/session');
    assert.equal(page.status, 503);
    assert.ok(Number(page.headers['retry-after']) > 0);
    assert.doesNotMatch(page.body, telling);
    assert.deepEqual(setCookies(page), []);
    assert.equal((await browser.get('/shop')).status, 200);
    assert.equal((await browser.get('/livez')).status, 200);
    // A result counts for a second.
    while ((await browser.get('/readyz')).status === 200);
    assert.equal((await browser.get('/readyz')).body, 'unavailable\n');

    await shop.redis.start();
    while ((await browser.get('/readyz')).status !== 200);
    assert.equal(browser.cookies.get('__Host-satchel'), cookie);
    assert.equal(await browser.isSignedIn(), true);
  });
});
