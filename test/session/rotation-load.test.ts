import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser, newPerson, type Page } from '../support/browser.ts';
import { openShop, stores } from '../support/shop.ts';

const OLD = 'the old secret that is retired soon';
/** Three requests of each: a load, and not a flood. */
const AT_ONCE = 10;
const NEW = 'the new secret that takes its place';

for (const store of stores) {
  test(`rotating the secret under load on ${store} signs none of a hundred users out`, async () => {
    await using shop = await openShop(store, { SECRET_KEY: OLD });
    const everybody = Array.from({ length: 100 }, () => new Browser(shop));
    for (const browser of everybody) await browser.signUp(newPerson());

    async function visit(browser: Browser): Promise<Page[]> {
      const look = (url: string) => comeAgain(() => browser.get(url));
      const pages = await Promise.all(['/', '/cart', '/session'].map(look));
      return pages.concat(await comeAgain(() => browser.add('weekender')), await look('/'));
    }

    async function load(): Promise<Page[]> {
      const waiting = everybody.values();
      const pages: Page[] = [];
      async function comeByOneByOne() {
        for (const browser of waiting) pages.push(...(await visit(browser)));
      }
      await Promise.all(Array.from({ length: AT_ONCE }, comeByOneByOne));
      return pages;
    }

    for (const SECRET_KEY of [OLD, `${NEW},${OLD}`, NEW]) {
      await shop.restart({ SECRET_KEY });
      const pages = await load();
      const redirected = pages.filter(({ location }) => location?.startsWith('/login'));
      assert.deepEqual(
        [redirected.length, pages.filter(({ status }) => status >= 500).length],
        [0, 0],
      );
    }
    assert.deepEqual(await shop.app.store.sessions.countStale(), { sessions: 100, stale: 0 });
  });
}

/** A store that a busy machine holds up is a 503, which keeps the session and asks to come again. */
async function comeAgain(ask: () => Promise<Page>): Promise<Page> {
  const page = await ask();
  return page.status === 503 ? comeAgain(ask) : page;
}
