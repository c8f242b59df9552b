import { expect } from '@playwright/test';
import type { Shop } from '../test/support/shop.ts';
import { test } from './fixtures.ts';
import {
  addToCart,
  expectCart,
  expectHeading,
  expectItems,
  newPerson,
  openCart,
  openProduct,
  press,
  signIn,
  signUp,
} from './person.ts';

// A worker tells one story at a time, and no other worker is in its shop: nobody else is there when it restarts.

// A shop that is closing turns away a page that asks for its stream. The page asks again.
test.use({ expectedTroubles: /^503 for \/events$/ });

test('a restart of the shop signs nobody out and loses no line', async ({
  laptop,
  phone,
  shop,
  origin,
}) => {
  const ada = newPerson();
  await signUp(laptop, ada);
  await addToCart(laptop, 'The Weekender', 2);
  await signIn(phone, ada);
  // A form that is open during the restart works after it.
  await openProduct(laptop, 'Field Satchel');
  await restart(shop, origin);

  await press(laptop, 'Add to cart');
  await expectItems(laptop, 3);
  await openCart(laptop);
  await expectCart(laptop, { 'The Weekender': 2, 'Field Satchel': 1 });
  // The phone's page has found the shop again by itself.
  await expect(phone.getByRole('link', { name: 'Cart 3 items' })).toBeVisible({ timeout: 15_000 });
  await phone.reload();
  await expectHeading(phone, `Hello, ${ada.name}`);
  await openCart(phone);
  await expectCart(phone, { 'The Weekender': 2, 'Field Satchel': 1 });
});

test("a restart of the shop keeps a guest's cart", async ({ phone, shop, origin }) => {
  await addToCart(phone, 'Corner Sling', 2);
  await restart(shop, origin);
  await phone.reload();
  await expectCart(phone, { 'Corner Sling': 2 });
  await press(phone, 'Undo');
  await expectCart(phone, {});
});

/** The same address, a new process as far as anybody can tell. */
async function restart(shop: Shop, origin: string) {
  await shop.restart();
  const { hostname: host, port } = new URL(origin);
  await shop.app.listen({ host, port: Number(port) });
}
