import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Redis } from 'ioredis';
import { Browser, newPerson, type Page } from '../support/browser.ts';
import { trips } from '../support/reading.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { openShop } from '../support/shop.ts';
import { shopOfSuite } from '../support/suite-shop.ts';

suite('round trips to Redis', () => {
  const shop = shopOfSuite('redis');

  const guest = async () => {
    const browser = new Browser(shop);
    await browser.add('weekender');
    return browser;
  };
  const user = async () => {
    const browser = new Browser(shop);
    await browser.signUp(newPerson());
    await browser.get('/');
    return browser;
  };
  /** A second device of someone who has an account, and a form to sign in with. */
  const signIn = async (phone: Browser, remember?: string) => {
    const ada = newPerson();
    await new Browser(shop).signUp(ada);
    return phone.signIn(ada, remember === undefined ? {} : { remember });
  };

  const costs: [what: string, trips: number, request: () => Promise<Page>][] = [
    ['an anonymous page', 0, () => new Browser(shop).get('/shop')],
    ['an anonymous product page', 0, () => new Browser(shop).get('/shop/weekender')],
    ['an anonymous cart', 0, () => new Browser(shop).get('/cart')],
    ['the sign-in page', 0, () => new Browser(shop).get('/login')],
    ['an anonymous 404', 0, () => new Browser(shop).get('/nowhere')],
    ['a guard that turns a stranger away', 0, () => new Browser(shop).get('/')],
    ['a refused sign-in, counted', 1, () => new Browser(shop).signIn(newPerson())],
    ["a guest's page", 1, async () => (await guest()).get('/shop')],
    ["a guest's cart", 1, async () => (await guest()).get('/cart')],
    ["a user's page", 1, async () => (await user()).get('/shop')],
    ["a user's cart", 1, async () => (await user()).get('/cart')],
    ['the dashboard, devices and all', 1, async () => (await user()).get('/')],
    ['the session page', 1, async () => (await user()).get('/session')],
    ["a user's 404", 1, async () => (await user()).get('/nowhere')],
    [
      'a session change',
      2,
      async () =>
        (await user()).submit('/session', '/session/variables', { key: 'colour', value: 'red' }),
    ],
    ["a user's cart change", 2, async () => (await user()).add('weekender')],
    ["a guest's cart change", 2, async () => (await guest()).add('weekender')],
    ["a guest's first add, session and all", 2, () => new Browser(shop).add('weekender')],
    ['a sign-up', 1, () => new Browser(shop).signUp(newPerson())],
    ['a sign-in, whose failures before are forgotten', 3, () => signIn(new Browser(shop))],
    ['a sign-in to be remembered', 3, () => signIn(new Browser(shop), 'yes')],
    ['a sign-out', 2, async () => (await user()).signOut()],
  ];
  for (const [what, count, request] of costs) {
    test(`${what}: ${count}`, async () => {
      assert.equal(trips(await request()), count);
    });
  }

  test('the page after a greeting, which is then forgotten: 2', async () => {
    const browser = new Browser(shop);
    await browser.signUp(newPerson());

    assert.equal(trips(await browser.get('/')), 2);
    assert.equal(trips(await browser.get('/')), 1);
  });

  const asked: [what: string, trips: number, request: (browser: Browser) => Promise<Page>][] = [
    ['/livez', 0, (browser) => browser.get('/livez')],
    ['/readyz', 1, (browser) => browser.get('/readyz')],
    ['/favicon.svg', 0, (browser) => browser.get('/favicon.svg')],
    ['/robots.txt', 0, (browser) => browser.get('/robots.txt')],
    ['/art/weekender.svg', 0, (browser) => browser.get('/art/weekender.svg')],
    ['a page', 1, (browser) => browser.get('/')],
    ['a cart change', 2, (browser) => browser.send(product, '/cart/lines')],
    ['a sign-out', 2, (browser) => browser.send(home, '/logout')],
  ];
  let home: Page;
  let product: Page;
  for (const [what, count, request] of asked) {
    test(`Redis itself counts ${count} for ${what}`, async () => {
      const browser = await user();
      home = await browser.get('/');
      product = await browser.get('/shop/weekender');

      const before = await commandsOf(shop.redis!);
      const page = await request(browser);
      assert.equal((await commandsOf(shop.redis!)) - before, count);
      assert.equal(trips(page) ?? count, count);
    });
  }

  test('a cookie that is not ours costs none', async () => {
    const browser = new Browser(shop);
    browser.cookies.set('satchel-3000', 'invented.signature');

    assert.equal(trips(await browser.get('/shop')), 0);
  });
});

/** How many commands of clients it has run; what scripts call is not among them. */
async function commandsOf({ url }: RedisServer): Promise<number> {
  const client = new Redis(url);
  const stats = await client.info('commandstats');
  client.disconnect();
  const calls = [...stats.matchAll(/cmdstat_(?:evalsha|eval|ping):calls=(\d+)/g)];
  return calls.reduce((sum, [, count]) => sum + Number(count), 0);
}

test('many requests at once each count their own', async () => {
  await using shop = await openShop('redis');
  const browser = new Browser(shop);
  await browser.signUp(newPerson());
  await browser.get('/');
  const form = await browser.get('/shop/weekender');

  const [pages, adds, strangers] = await Promise.all([
    Promise.all(Array.from({ length: 10 }, () => browser.get('/shop'))),
    Promise.all(Array.from({ length: 10 }, () => browser.send(form, '/cart/lines'))),
    Promise.all(Array.from({ length: 10 }, () => new Browser(shop).get('/shop'))),
  ]);
  assert.deepEqual([...new Set(pages.map(trips))], [1]);
  assert.deepEqual([...new Set(adds.map(trips))], [2]);
  assert.deepEqual([...new Set(strangers.map(trips))], [0]);
});
