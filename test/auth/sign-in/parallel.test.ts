import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser, newPerson } from '../../support/browser.ts';
import { openShop, stores } from '../../support/shop.ts';

for (const store of stores) {
  test(`a race of twenty right log-ins of one guest on ${store}: all are let in, and the carts merge once`, async () => {
    await using shop = await openShop(store);
    const ada = newPerson();
    const laptop = new Browser(shop);
    await laptop.signUp(ada);
    await laptop.add('weekender', 2);

    const guest = new Browser(shop);
    await guest.add('weekender', 3);
    await guest.add('field-satchel', 1);
    const form = await guest.get('/login');
    const racers = Array.from({ length: 20 }, () => {
      const racer = new Browser(shop);
      for (const [name, value] of guest.cookies) racer.cookies.set(name, value);
      return racer;
    });
    const { email, password } = ada;
    const pages = await Promise.all(
      racers.map((racer) => racer.send(form, '/login', { email, password })),
    );

    assert.deepEqual(new Set(pages.map(({ status }) => status)), new Set([303]));
    assert.deepEqual(await laptop.lines(), { weekender: 3, 'field-satchel': 1 });
    assert.deepEqual(await guest.lines(), {});
  });
}
