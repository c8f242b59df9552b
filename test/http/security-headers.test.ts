import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser, newPerson, type Page } from '../support/browser.ts';
import { productionSettings, throughProxy } from '../support/production.ts';
import { openShop } from '../support/shop.ts';
import { shopOfSuite } from '../support/suite-shop.ts';

/** What the page may do, as the policy tells the browser. */
function policyOf(headers: Page['headers']): Record<string, string | undefined> {
  const directives = String(headers['content-security-policy']).split(';');
  return Object.fromEntries(directives.map((directive) => directive.trim().split(/ (.*)/, 2)));
}

suite('headers that make the browser an ally', () => {
  const shop = shopOfSuite('sqlite');

  const urls = ['/shop', '/login', '/cart', '/', '/nowhere', '/livez', '/favicon.svg'];
  for (const url of urls) {
    test(`stand on ${url}`, async () => {
      const { headers } = await new Browser(shop).get(url);
      const policy = policyOf(headers);

      assert.equal(policy['default-src'], "'none'");
      assert.equal(policy['script-src'], "'self'");
      assert.equal(policy['style-src'], "'self'");
      assert.equal(policy['form-action'], "'self'");
      assert.equal(policy['base-uri'], "'none'");
      assert.equal(policy['frame-ancestors'], "'none'");
      assert.equal(policy['require-trusted-types-for'], "'script'");
      assert.doesNotMatch(Object.values(policy).join(' '), /unsafe|\*|https?:|data:/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.match(String(headers['x-frame-options']), /^(DENY|SAMEORIGIN)$/);
      assert.equal(headers['referrer-policy'], 'same-origin');
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
      assert.equal(headers['cross-origin-embedder-policy'], 'require-corp');
      assert.equal(headers['x-powered-by'], undefined);
      assert.equal(headers.server, undefined);
    });
  }

  test('stand on refusals and faults', async (t) => {
    const crossSite = { 'sec-fetch-site': 'cross-site' };
    t.mock.method(shop.app.products, 'search', () => {
      throw new Error('a fault');
    });
    const pages = await Promise.all([
      new Browser(shop).post('/login', {}, crossSite),
      new Browser(shop).post('/login', {}),
      new Browser(shop).post('/login', {}, { 'content-type': 'text/plain' }),
      new Browser(shop).get('/shop'),
      new Browser(shop).get('/shop', { host: 'evil.example' }),
    ]);

    assert.deepEqual(
      pages.map(({ status }) => status),
      [403, 422, 415, 500, 421],
    );
    for (const { headers } of pages) assert.ok(headers['content-security-policy']);
  });

  test('a page holds no inline script, style or handler, which the policy would block', async () => {
    const browser = new Browser(shop);
    await browser.signUp(newPerson());
    await browser.add('weekender');

    for (const url of ['/', '/shop', '/shop/weekender', '/cart', '/session', '/nowhere']) {
      const { document } = await browser.get(url);
      const inline = [
        ...document.querySelectorAll('script:not([src]), style, [style]'),
        ...document
          .querySelectorAll('*')
          .filter((element) => Object.keys(element.attributes).some((name) => /^on/i.test(name))),
      ];
      assert.deepEqual(inline.map(String), [], url);
    }
  });

  test('without TLS there is no promise of it', async () => {
    const { headers } = await new Browser(shop).get('/shop');

    assert.equal(headers['strict-transport-security'], undefined);
  });
});

test('behind TLS the browser is told to stay there for two years', async () => {
  await using shop = await openShop('sqlite', productionSettings);

  const { headers } = await new Browser(shop, throughProxy).get('/shop');
  assert.match(String(headers['strict-transport-security']), /^max-age=63072000/);
});

suite('the Host', () => {
  const development = shopOfSuite('sqlite');
  const production = shopOfSuite('sqlite', productionSettings);

  for (const host of [
    'localhost:3000',
    'localhost:4000',
    '127.0.0.1',
    '[::1]:3000',
    'a.localhost',
  ]) {
    test(`${host} is ours in development`, async () => {
      assert.equal((await new Browser(development, { host }).get('/shop')).status, 200);
    });
  }

  for (const host of ['evil.example', 'localhost.evil.example', '10.0.0.1', 'notlocalhost']) {
    test(`${host} is not ours: 421`, async () => {
      const page = await new Browser(development, { host }).get('/shop');

      assert.equal(page.status, 421);
      assert.doesNotMatch(page.body, new RegExp(host.replaceAll('.', '\\.')));
    });
  }

  for (const host of [
    'localhost',
    'shop.example:8443',
    'app.shop.example',
    'shop.example.evil.com',
  ]) {
    test(`${host} is not ours in production: 421`, async () => {
      const headers = { ...throughProxy, host };

      assert.equal((await new Browser(production, headers).get('/shop')).status, 421);
      assert.equal((await new Browser(production, headers).post('/login')).status, 421);
    });
  }

  test('of the public address is ours in production', async () => {
    assert.equal((await new Browser(production, throughProxy).get('/shop')).status, 200);
  });

  test('does not matter to a probe: it asks by address', async () => {
    for (const url of ['/livez', '/readyz']) {
      const answer = await production.app.inject({ url, headers: { host: '10.1.2.3:3000' } });

      assert.equal(answer.statusCode, 200, url);
    }
  });
});

suite('a proxy that nobody named', () => {
  test('cannot say which host was asked for', async () => {
    await using shop = await openShop('sqlite');
    const page = await new Browser(shop).get('/shop', { 'x-forwarded-host': 'evil.example' });

    assert.equal(page.status, 200);
  });

  test('cannot say where a user is', async () => {
    await using shop = await openShop('sqlite');
    const browser = new Browser(shop, { 'x-forwarded-for': '203.0.113.7' });
    await browser.signUp(newPerson());

    const { document } = await browser.get('/');
    assert.match(document.querySelector('.devices')!.text, /127\.0\.0\.\*/);
  });
});

test('a proxy that was named says where a user is', async () => {
  await using shop = await openShop('sqlite', productionSettings);
  const forwarded = { ...throughProxy, 'x-forwarded-for': '198.51.100.1, 203.0.113.7' };
  const browser = new Browser(shop, forwarded);
  await browser.signUp(newPerson());

  const { document } = await browser.get('/');
  assert.match(document.querySelector('.devices')!.text, /203\.0\.113\.\*/);
});
