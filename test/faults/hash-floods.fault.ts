import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { Browser, newPerson, type Page, type Person } from '../support/browser.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { startedShop } from '../attacks/started-shop.ts';

const FLOOD = 55;
const PEOPLE = 2;

suite('a flood of passwords', () => {
  let shop: Shop;
  before(async () => {
    const settings = { LIMIT_PER_ADDRESS: '60', TRUST_PROXY: '127.0.0.1' };
    shop = await openShop('sqlite', settings, { weakPasswordHashes: false });
  });
  after(() => shop[Symbol.asyncDispose]());
  const from = (address: string) => new Browser(shop, { 'x-forwarded-for': address });

  async function signedOut(address: string): Promise<{ browser: Browser; person: Person }> {
    const browser = from(address);
    const person = newPerson();
    assert.equal((await browser.signUp(person)).status, 303);
    await browser.signOut();
    return { browser, person };
  }

  /** Attackers ask again and again while people sign in on their own and on new devices, or sign up. */
  async function statusesOfPeople(attack: (attacker: number) => Promise<Page>): Promise<number[]> {
    const people = [];
    for (let at = 0; at < PEOPLE; at += 1) people.push(await signedOut(`198.51.${at}.1`));
    const isOver = new AbortController();
    const refused: number[] = [];
    const attackers = Array.from({ length: FLOOD }, async (_, attacker) => {
      while (!isOver.signal.aborted) refused.push((await attack(attacker)).status);
    });

    const pages: Page[] = [];
    for (const [at, { browser, person }] of people.entries()) {
      pages.push(await browser.signIn(person));
      pages.push(await from(`203.0.${at}.1`).signIn(person));
      pages.push(await from(`203.0.${at}.2`).signUp(newPerson()));
    }
    isOver.abort();
    await Promise.all(attackers);
    assert.ok(refused.some((status) => status === 429 || status === 503));
    return pages.map(({ status }) => status);
  }

  test('for no account, each from another /64 of one /48, turns nobody else away', async () => {
    let made = 0;
    const statuses = await statusesOfPeople(() => {
      made += 1;
      const visitor = from(`2001:db8:5:${made.toString(16)}::1`);
      return visitor.post('/login', { email: `${made}@example.com`, password: 'some warm words' });
    });
    assert.deepEqual(new Set(statuses), new Set([303]));
  });

  test('that are right, from all sessions of one account, turns nobody else away', async () => {
    const eve = newPerson();
    const browsers = [from('192.0.2.1')];
    await browsers[0]!.signUp(eve);
    while (browsers.length < 40) {
      const browser = from(`10.0.${browsers.length}.1`);
      await browser.signIn(eve);
      browsers.push(browser);
    }
    for (const browser of browsers) browser.headers['x-forwarded-for'] = '192.0.2.1';

    const statuses = await statusesOfPeople((attacker) =>
      browsers[attacker % browsers.length]!.submit('/account/confirm', '/account/confirm', {
        password: eve.password,
      }),
    );
    assert.deepEqual(new Set(statuses), new Set([303]));
  });
});

suite('a user with more devices than one may have', () => {
  const shop = startedShop();

  test('loses the one that was unseen for longest, and the log says so', async () => {
    const ada = newPerson();
    const first = new Browser(shop);
    await first.signUp(ada);
    let last = first;
    for (let more = 0; more < 50; more += 1) {
      last = new Browser(shop);
      assert.equal((await last.signIn(ada)).status, 303);
    }

    assert.match(await shop.logged(/"reason":"too-many-devices"/), /"event":"session_expired"/);
    assert.equal(await first.isSignedIn(), false);
    const pages = [];
    for (let page = 1; page <= 5; page += 1) pages.push(await last.get(`/devices?page=${page}`));
    const counts = pages.map((page) => page.document.querySelectorAll('.devices > li').length);
    assert.deepEqual(counts, [10, 10, 10, 10, 10]);
    assert.ok(
      pages[0]!.document.querySelector('.devices .tag'),
      'this device is on the first page',
    );
    assert.equal(pages[0]!.document.querySelector('[rel=prev]'), null);
    assert.equal(pages[4]!.document.querySelector('[rel=next]'), null);
    const dashboard = await last.get('/');
    assert.equal(dashboard.document.querySelectorAll('.devices li').length, 5);
    assert.equal(dashboard.document.querySelectorAll('.devices .tag').length, 1);
  });
});
