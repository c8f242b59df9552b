import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/settings/config.ts';
import { demoUser } from '../../src/auth/sign-in/demo-user.ts';
import { temporaryFolder } from '../support/folder.ts';
import { productionSettings, throughProxy } from '../support/production.ts';
import { SECRET } from '../support/shop.ts';

const sameOrigin = { host: 'shop.example', 'sec-fetch-site': 'same-origin' };

/** The shop at https://shop.example, and the warnings that it logs. */
async function openSecureShop(DATA_DIR: string) {
  const lines: string[] = [];
  const app = await createApp(
    readConfig({ ...productionSettings, SECRET_KEY: SECRET, DATA_DIR, NODE_ENV: 'development' }),
    { logger: { level: 'warn', stream: { write: (line: string) => void lines.push(line) } } },
  );
  return { app, warnings: () => lines.filter((line) => /TRUST_PROXY/.test(line)) };
}

suite('behind a proxy that does not say https', () => {
  const sent: [how: string, headers: object, remoteAddress: string][] = [
    ['sends no X-Forwarded-Proto', {}, '127.0.0.1'],
    ['says http', { 'x-forwarded-proto': 'http' }, '127.0.0.1'],
    ['is not in TRUST_PROXY', { 'x-forwarded-proto': 'https' }, '192.0.2.7'],
  ];
  for (const [how, headers, remoteAddress] of sent) {
    test(`because it ${how}, a sign-in is refused and the log says why, once`, async () => {
      await using folder = await temporaryFolder();
      const { app, warnings } = await openSecureShop(folder.file('data'));
      const all = { ...sameOrigin, ...headers };

      for (const url of ['/login', '/signup', '/cart/lines']) {
        const page = await app.inject({
          method: 'POST',
          url,
          headers: all,
          remoteAddress,
          payload: { email: demoUser.email, password: demoUser.password },
        });
        assert.equal(page.statusCode, 421);
        assert.match(page.body, /This connection is not secure/);
        assert.doesNotMatch(page.body, /TRUST_PROXY|X-Forwarded/i);
        assert.equal(page.headers['set-cookie'], undefined);
      }

      assert.equal(warnings().length, 1);
      assert.match(warnings()[0]!, /TRUST_PROXY.*X-Forwarded-Proto: https/);
      assert.ok(warnings()[0]!.includes(remoteAddress));
      await app.close();
    });
  }

  test('pages can be read, and a look at one is enough for the log', async () => {
    await using folder = await temporaryFolder();
    const { app, warnings } = await openSecureShop(folder.file('data'));

    assert.equal((await app.inject({ url: '/shop', headers: sameOrigin })).statusCode, 200);
    assert.equal(warnings().length, 1);
    await app.close();
  });

  test('probes and metrics answer, and say nothing', async () => {
    await using folder = await temporaryFolder();
    const { app, warnings } = await openSecureShop(folder.file('data'));

    for (const url of ['/livez', '/readyz', '/metrics']) {
      assert.equal((await app.inject(url)).statusCode, 200, url);
    }
    assert.deepEqual(warnings(), []);
    await app.close();
  });

  test('a proxy that says https is let through, and nothing is said', async () => {
    await using folder = await temporaryFolder();
    const { app, warnings } = await openSecureShop(folder.file('data'));

    const page = await app.inject({
      method: 'POST',
      url: '/login',
      headers: { ...sameOrigin, ...throughProxy },
      payload: { email: demoUser.email, password: demoUser.password },
    });
    assert.equal(page.statusCode, 303);
    assert.match(String(page.headers['set-cookie']), /__Host-.*Secure/);
    assert.deepEqual(warnings(), []);
    await app.close();
  });
});
