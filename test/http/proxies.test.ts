import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { Browser, newPerson } from '../support/browser.ts';
import { openLoggedShop, type LoggedShop } from '../support/logged-shop.ts';
import { productionSettings, throughProxy } from '../support/production.ts';
import { openShop } from '../support/shop.ts';
import { shopOfSuite } from '../support/suite-shop.ts';

suite('a Host that is ours in another spelling', () => {
  const shop = shopOfSuite('sqlite', productionSettings);
  const spellings = [
    'shop.example:443',
    'Shop.Example',
    'SHOP.EXAMPLE:443',
    'shop.example.',
    'shop.example.:443',
    'shop.example:',
  ];
  for (const host of spellings) {
    test(`${host} opens pages, and its forms work`, async () => {
      const browser = new Browser(shop, { ...throughProxy, host });
      assert.equal((await browser.get('/shop')).status, 200);
      assert.equal((await browser.signUp(newPerson())).status, 303);
      assert.equal(await browser.isSignedIn(), true);

      const origin = { 'sec-fetch-site': undefined, origin: `https://${host}` };
      const line = { product: 'weekender', quantity: '1', change: crypto.randomUUID() };
      const guest = new Browser(shop, { ...throughProxy, host });
      assert.equal((await guest.post('/cart/lines', line, origin)).status, 303);
    });
  }

  for (const host of ['shop.example:80', 'shop.example..', 'a@shop.example', 'shop.example/']) {
    test(`${host} is not ours`, async () => {
      assert.equal((await new Browser(shop, { ...throughProxy, host }).get('/shop')).status, 421);
    });
  }

  test('counts, and X-Forwarded-Host does not, also from a trusted proxy', async () => {
    const forwarded = { ...throughProxy, 'x-forwarded-host': 'shop.example' };
    const evil = new Browser(shop, { ...forwarded, host: 'evil.example' });
    assert.equal((await evil.get('/shop')).status, 421);
    const ours = new Browser(shop, { ...throughProxy, 'x-forwarded-host': 'evil.example' });
    assert.equal((await ours.get('/shop')).status, 200);
  });
});

const others: [publicUrl: string, hosts: string[], foreign: string[]][] = [
  ['http://localhost:3000', ['LOCALHOST:3000', '[0:0:0:0:0:0:0:1]:3000', 'localhost.'], ['[::2]']],
  ['http://localhost', ['localhost:80', 'localhost'], ['10.0.0.1:80']],
  ['http://[::1]:3902', ['[::1]:3902', '[0:0::1]:3902'], ['[::1', '::1']],
];
for (const [PUBLIC_URL, hosts, foreign] of others) {
  test(`the Host of ${PUBLIC_URL} has more than one spelling`, async () => {
    await using shop = await openShop('sqlite', { PUBLIC_URL });
    const status = async (host: string) => (await new Browser(shop, { host }).get('/shop')).status;
    for (const host of hosts) assert.equal(await status(host), 200, host);
    for (const host of foreign) assert.equal(await status(host), 421, host);
  });
}

suite('what a trusted proxy says about the connection', () => {
  const settings = { ...productionSettings, TRUST_PROXY: '127.0.0.1,10.0.0.0/8' };
  const shop = shopOfSuite('sqlite', settings);
  const signUp = async (headers: Record<string, string>) =>
    (await new Browser(shop, { host: 'shop.example', ...headers }).signUp(newPerson())).status;

  const secure: Record<string, string>[] = [
    { 'x-forwarded-proto': 'HTTPS' },
    { 'x-forwarded-proto': ' https ' },
    { 'x-forwarded-proto': 'https,http' },
    { 'x-forwarded-proto': 'https, http', 'x-forwarded-for': '203.0.113.8, 10.0.0.7' },
    { 'x-forwarded-proto': 'http, https', 'x-forwarded-for': '198.51.100.1, 203.0.113.8' },
    { 'x-forwarded-proto': 'https', 'x-forwarded-for': 'unknown' },
    { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.8, 10.0.0.7' },
  ];
  for (const headers of secure) {
    test(`${JSON.stringify(headers)} is https`, async () => {
      assert.equal(await signUp(headers), 303);
    });
  }

  const plain: Record<string, string>[] = [
    {},
    { 'x-forwarded-proto': '' },
    { 'x-forwarded-proto': ',' },
    { 'x-forwarded-proto': 'http' },
    { 'x-forwarded-proto': 'http,https' },
    // The client wrote the first entry, and the proxy the second.
    { 'x-forwarded-proto': 'https, http', 'x-forwarded-for': '198.51.100.1, 203.0.113.8' },
    { forwarded: 'for=203.0.113.8;proto=https' },
  ];
  for (const headers of plain) {
    test(`${JSON.stringify(headers)} is not https`, async () => {
      assert.equal(await signUp(headers), 421);
    });
  }

  test('stands in the warning when it is not https', async () => {
    const said: [headers: Record<string, string>, words: RegExp][] = [
      [{ 'x-forwarded-proto': 'ftp,http' }, /\(X-Forwarded-Proto: ftp,http\)/],
      [{}, /\(without X-Forwarded-Proto\)/],
      [{ forwarded: 'proto=https' }, /the header Forwarded is not read/],
    ];
    for (const [headers, words] of said) {
      await using logged = await openLoggedShop({ ...settings, NODE_ENV: 'development' });
      await new Browser(logged, { host: 'shop.example', ...headers }).get('/shop');
      const warnings = logged.lines.filter(({ msg }) => msg.includes('TRUST_PROXY'));
      assert.equal(warnings.length, 1);
      assert.match(warnings[0]!.msg, words);
    }
  });
});

suite('whom a trusted proxy names', () => {
  let shop: LoggedShop;
  before(async () => {
    shop = await openLoggedShop({ TRUST_PROXY: '127.0.0.1,10.0.0.0/8' });
  });
  after(() => shop[Symbol.asyncDispose]());

  const clients: [forwarded: string, address: string, network: RegExp][] = [
    ['203.0.113.8:50001', '203.0.113.8', /203\.0\.113\.\*/],
    ['[2001:db8::8]:50001', '2001:db8::8', /2001:db8:0:\*/],
    ['::ffff:203.0.113.8', '203.0.113.8', /203\.0\.113\.\*/],
    ['198.51.100.1,  203.0.113.8 , 10.0.0.7:8080', '203.0.113.8', /203\.0\.113\.\*/],
    ['198.51.100.1, 203.0.113.8,, ,10.0.0.7', '203.0.113.8', /203\.0\.113\.\*/],
    ['203.0.113.8, unknown', '127.0.0.1', /127\.0\.0\.\*/],
    ['203.0.113.8, _hidden, 10.0.0.7', '10.0.0.7', /10\.0\.0\.\*/],
    ['unknown', '127.0.0.1', /127\.0\.0\.\*/],
    ['not an address', '127.0.0.1', /127\.0\.0\.\*/],
    [',', '127.0.0.1', /127\.0\.0\.\*/],
    ['10.0.0.9, 10.0.0.7', '10.0.0.9', /10\.0\.0\.\*/],
  ];
  for (const [forwarded, address, network] of clients) {
    test(`${forwarded} is ${address}, in the log and among the devices`, async () => {
      const browser = new Browser(shop, { 'x-forwarded-for': forwarded });
      await browser.signUp(newPerson());
      const { ip } = shop.lines.findLast(({ event }) => event === 'user_created')!;
      assert.equal(ip, address);
      const { document } = await browser.get('/');
      assert.match(document.querySelector('.devices')!.text, network);
    });
  }

  test('a header of another name says nothing', async () => {
    const headers = {
      forwarded: 'for=203.0.113.8',
      'x-real-ip': '203.0.113.8',
      'x-client-ip': '203.0.113.8',
      'cf-connecting-ip': '203.0.113.8',
    };
    await new Browser(shop, headers).get('/shop');
    assert.equal(shop.lines.findLast(({ req }) => req)!.req!.remoteAddress, '127.0.0.1');
  });
});

test('a limit counts the address, whatever its port', async () => {
  await using shop = await openShop('sqlite', { TRUST_PROXY: '127.0.0.1', LIMIT_PER_ADDRESS: '3' });
  const nobody = { email: 'nobody@example.com', password: 'a wrong password' };
  const statuses = [];
  for (const port of [50001, 50002, 50003, 50004, 50005]) {
    const browser = new Browser(shop, { 'x-forwarded-for': `203.0.113.8:${port}` });
    statuses.push((await browser.signIn(nobody)).status);
  }
  assert.deepEqual(statuses, [422, 422, 422, 429, 429]);
});
