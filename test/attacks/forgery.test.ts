import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser, formValues, newPerson } from '../support/browser.ts';
import { setCookies } from '../support/reading.ts';
import { startedShop } from './started-shop.ts';

suite('a request that another site made', () => {
  const shop = startedShop();

  const origins: [name: string, headers: () => Record<string, string>][] = [
    ['cross-site', () => ({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' })],
    [
      'cross-site, with our own origin',
      () => ({ 'sec-fetch-site': 'cross-site', origin: `https://${shop.host}` }),
    ],
    ['same-site', () => ({ 'sec-fetch-site': 'same-site' })],
    ['none', () => ({ 'sec-fetch-site': 'none' })],
    ['two of them', () => ({ 'sec-fetch-site': 'same-origin, cross-site' })],
    ['nothing at all', () => ({ 'sec-fetch-site': '' })],
    ['null', () => ({ 'sec-fetch-site': '', origin: 'null' })],
    ['another site', () => ({ 'sec-fetch-site': '', origin: 'https://evil.example' })],
    ['our host without TLS', () => ({ 'sec-fetch-site': '', origin: `http://${shop.host}` })],
    ['a sibling', () => ({ 'sec-fetch-site': '', origin: `https://sub.${shop.host}` })],
    [
      'our host as its beginning',
      () => ({ 'sec-fetch-site': '', origin: `https://${shop.host}.evil.example` }),
    ],
    ['only a Referer of another site', () => ({ referer: `https://evil.example/${shop.host}/` })],
    ['none of the three headers', () => ({})],
    [
      'null, with a Referer of ours',
      () => ({ origin: 'null', referer: `https://${shop.host}/login` }),
    ],
  ];
  for (const [name, headers] of origins) {
    test(`signs nobody in: ${name}`, async () => {
      const person = newPerson();
      await new Browser(shop).signUp(person);
      const victim = new Browser(shop);
      const { email, password } = person;
      const sent = Object.fromEntries(Object.entries(headers()).filter(([, value]) => value));
      const page = await shop.app.inject({
        method: 'POST',
        url: '/login',
        payload: new URLSearchParams({ email, password }).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...sent },
      });
      assert.equal(page.statusCode, 403);
      assert.deepEqual(setCookies({ headers: page.headers }), []);
      assert.equal(await victim.isSignedIn(), false);
    });
  }

  test('is written down as malicious_csrf', async (t) => {
    const origin = `https://${crypto.randomUUID()}.example`;
    await new Browser(shop).post('/logout', {}, { 'sec-fetch-site': 'cross-site', origin });
    t.diagnostic(await shop.logged(new RegExp(`malicious_csrf.*${origin}`)));
  });

  test('changes nothing of a user: without a token, with another’s, with one from before', async () => {
    const browser = new Browser(shop);
    const person = newPerson();
    await browser.signUp(person);
    const other = new Browser(shop);
    await other.signUp(newPerson());
    const own = formValues(await browser.get('/session'), '/session/variables')['_csrf']!;
    const others = formValues(await other.get('/session'), '/session/variables')['_csrf']!;
    await browser.signOut();
    await browser.signIn(person);

    for (const token of ['', others, own, own.slice(0, -1)]) {
      const page = await browser.post('/session/variables', { key: 'a', value: 'b', _csrf: token });
      assert.equal(page.status, 403, token);
    }
    assert.doesNotMatch((await browser.get('/session')).body, /value="a"/);
  });

  test('may not look at what we hold, unless a person followed a link', async () => {
    const look = (headers: Record<string, string>) =>
      shop.app.inject({ method: 'GET', url: '/cart', headers });
    const site = { 'sec-fetch-site': 'cross-site' };
    const refused = [
      { ...site, 'sec-fetch-mode': 'cors', accept: 'application/json' },
      { ...site, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
      { ...site, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' },
      { ...site, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
      { ...site, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'embed' },
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' },
    ];
    for (const headers of refused) assert.equal((await look(headers)).statusCode, 403);
    const link = { ...site, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    assert.equal((await look(link)).statusCode, 200);
    assert.equal((await look({ 'sec-fetch-site': 'none' })).statusCode, 200);
  });

  test('gets no permission to read, whatever it says it is', async () => {
    for (const origin of ['https://evil.example', 'null', `http://${shop.host}`]) {
      for (const url of ['/shop', '/cart', '/robots.txt', '/livez']) {
        const { headers } = await shop.app.inject({ method: 'GET', url, headers: { origin } });
        assert.deepEqual(
          Object.keys(headers).filter((name) => name.startsWith('access-control')),
          [],
        );
      }
    }
  });

  test('a callback parameter makes no script of an answer', async () => {
    const { headers, body } = await shop.app.inject({
      method: 'GET',
      url: '/cart?callback=steal&jsonp=steal',
      headers: { accept: 'application/json' },
    });
    assert.match(String(headers['content-type']), /^application\/json/);
    assert.doesNotMatch(body, /steal/);
  });
});

suite('the way back after the sign-in', () => {
  const shop = startedShop();

  test('never leads to another site', async (t) => {
    const person = newPerson();
    await new Browser(shop).signUp(person);
    const tries = [
      '//evil',
      '///evil',
      '/\\evil',
      '\\\\evil',
      '/\t/evil',
      '/\n/evil',
      '/\r\n/evil',
      'https:evil',
      'https://evil',
      'HTTPS://evil',
      '/..//evil',
      '/.//evil',
      '/a/..//evil',
      '/%2f%2fevil',
      '/%5cevil',
      'javascript:alert(1)',
      'data:text/html,x',
      ' //evil',
      '\0//evil',
      '//evil%00',
      '/\r\nset-cookie: a=b',
      '?next=//evil',
      '@evil',
      '//\u2028evil',
      `/${'a'.repeat(3000)}`,
    ];
    for (const next of tries) {
      const page = await new Browser(shop).signIn(person, { next });
      assert.match(String(page.status), /^(303|422|429)$/, next);
      if (page.status !== 303) continue;
      const target = new URL(page.location!, `https://${shop.host}`);
      assert.equal(target.host, shop.host, next);
      assert.doesNotMatch(page.location!, /^\/[/\\]/);
      assert.equal(page.headers['set-cookie']?.toString().includes('a=b'), false);
    }
    t.diagnostic(`${tries.length} addresses, none left the shop`);
  });
});
