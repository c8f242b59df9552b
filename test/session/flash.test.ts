import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser, newPerson } from '../support/browser.ts';
import { openShop, stores } from '../support/shop.ts';

/** More than may wait. */
const MANY = 40;

for (const store of stores) {
  test(`messages that nobody reads do not grow without end on ${store}`, async (t) => {
    await using shop = await openShop(store);
    const browser = new Browser(shop);
    await browser.signUp(newPerson());
    const sizes: number[] = [];
    const update = shop.app.store.sessions.update.bind(shop.app.store.sessions);
    t.mock.method(shop.app.store.sessions, 'update', ((id, changes) => {
      const flash = changes.set.flash as Record<string, string[]> | undefined;
      if (flash) sizes.push(...Object.values(flash).map(({ length }) => length));
      return update(id, changes);
    }) as typeof update);

    const page = await browser.get('/session');
    for (let at = 0; at < MANY; at += 1) {
      const variable = { key: `key-${at % 3}`, value: `${at}` };
      assert.equal((await browser.send(page, '/session/variables', variable)).status, 303);
    }
    assert.equal(sizes.length, MANY);
    assert.equal(Math.max(...sizes), 10);

    // The last ones are shown, once.
    const shown = (await browser.get('/account')).document.querySelectorAll(
      '[role="status"] p, .notice',
    );
    assert.ok(shown.length > 0 && shown.length <= 10);
  });
}
