import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser, newPerson } from '../../support/browser.ts';
import { openShop, stores } from '../../support/shop.ts';

for (const store of stores) {
  suite(`cart pages on ${store}`, () => {
    test("a guest's cart joins the user's at sign-in", async () => {
      await using shop = await openShop(store);
      const laptop = new Browser(shop);
      const phone = new Browser(shop);
      const ada = newPerson();

      await laptop.signUp(ada);
      await laptop.add('weekender', 2);
      await phone.add('weekender', 1);
      await phone.add('field-satchel', 1);
      await phone.signIn(ada);

      assert.deepEqual(await phone.lines(), { weekender: 2, 'field-satchel': 1 });
      assert.deepEqual(await laptop.lines(), { weekender: 2, 'field-satchel': 1 });
    });
  });
}

test('the address of a form that was wrong leads to the cart when it is opened again', async () => {
  await using shop = await openShop('sqlite');
  const guest = new Browser(shop);
  for (const address of ['/cart/lines', '/cart/lines/weekender']) {
    const answer = await guest.get(address);
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.location, '/cart');
  }
});
