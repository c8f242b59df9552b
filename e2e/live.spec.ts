import { expect } from '@playwright/test';
import { test } from './fixtures.ts';
import {
  addToCart,
  enterPassword,
  expectCart,
  expectItems,
  expectStatus,
  newPerson,
  openCart,
  openProduct,
  press,
  quantityOf,
  signIn,
  signUp,
  update,
} from './person.ts';

test('a change on the phone shows on every open page of the laptop', async ({
  laptop,
  phone,
}, testInfo) => {
  const ada = newPerson();
  await signUp(laptop, ada);
  await addToCart(laptop, 'The Weekender', 2);
  await addToCart(laptop, 'Field Satchel');
  const tab = await laptop.context().newPage();
  await openProduct(tab, 'Corner Sling');
  await signIn(phone, ada);
  await openCart(phone);

  const start = performance.now();
  await update(phone, 'The Weekender', 3);
  await expectCart(laptop, { 'The Weekender': 3, 'Field Satchel': 1 });
  const milliseconds = Math.round(performance.now() - start);
  testInfo.annotations.push({
    type: 'from the press to the other device',
    description: `${milliseconds} ms`,
  });
  await expect(laptop.locator('.changed')).toHaveCount(1);
  await expect(laptop.locator('.changed')).toContainText('The Weekender');
  await expect(laptop.getByRole('region', { name: 'Order summary' })).toContainText(
    'Subtotal, 4 items',
  );
  await expectStatus(laptop, 'The Weekender: quantity changed to 3.');
  await expectItems(tab, 4);
  await expectStatus(tab, 'Your cart was changed.');

  // What the shop has to say about a change, and the way back from it, show as well.
  await update(phone, 'The Weekender', 150);
  await expectCart(laptop, { 'The Weekender': 99, 'Field Satchel': 1 });
  await expect(laptop.locator('#cart > .notice').filter({ hasText: '99' })).toBeVisible();
  await press(laptop, 'Undo');
  await expectCart(phone, { 'The Weekender': 3, 'Field Satchel': 1 });
  await expectItems(tab, 4);

  await press(phone, 'Remove Field Satchel');
  await expectCart(laptop, { 'The Weekender': 3 });
  await expectStatus(laptop, 'Field Satchel removed.');
  await addToCart(phone, 'Corner Sling');
  await expectStatus(laptop, 'Corner Sling: quantity changed to 1.');
  await press(phone, 'Empty cart');
  await expectCart(laptop, {});
  await expectStatus(laptop, 'Your cart was changed.');
  await expectItems(tab, 0);
});

test('a laptop that is signed out from the phone says so, and what waited there reaches nobody’s cart', async ({
  laptop,
  phone,
}) => {
  const ada = newPerson();
  await signUp(laptop, ada);
  await addToCart(laptop, 'The Weekender');
  const tab = await laptop.context().newPage();
  await openProduct(tab, 'Field Satchel');
  await tab.route('/cart/lines', (route) => route.abort());
  await press(tab, 'Add to cart');
  await expectStatus(
    tab,
    'We can’t reach the shop. Your change is kept and will be sent as soon as possible.',
  );
  const other = await laptop.context().newPage();
  await openProduct(other, 'Corner Sling');
  await quantityOf(laptop, 'The Weekender').focus();
  await signIn(phone, ada);
  await phone.goto('/devices');
  await press(phone, 'Sign out other devices');
  await expectStatus(laptop, 'You were signed out. Sign in again to continue.');
  await expect(laptop.locator('#cart')).toHaveAttribute('inert');
  const signInAgain = laptop.getByRole('main').getByRole('link', { name: 'Sign in' });
  await expect(signInAgain).toHaveAttribute('href', '/login?next=%2Fcart');
  await expect(signInAgain).toBeFocused();

  await expect(tab.locator('.signed-out')).toBeVisible();
  await tab.unrouteAll({ behavior: 'wait' });
  // Else it tries again after a pause that grew with each time.
  await tab.evaluate("dispatchEvent(new Event('online'))");
  await expectStatus(
    tab,
    'You were signed out, so your change was not saved. Sign in and try again.',
  );
  // A press from now on would fill the cart of a new guest.
  await press(tab, 'Add to cart');
  await expect(tab.getByRole('main').getByRole('link', { name: 'Sign in' })).toBeFocused();
  await tab.goto('/cart');
  await expectCart(tab, {});
  await openCart(phone);
  await expectCart(phone, { 'The Weekender': 1 });

  await expect(other.locator('.signed-out')).toBeVisible();
  await signInAgain.click();
  await enterPassword(laptop, ada);
  await expectCart(laptop, { 'The Weekender': 1 });
  await expect(other.locator('.signed-out')).toHaveCount(0);
  await expectItems(other, 1);
});

test('a stream that has gone silent is opened again', async ({ laptop }) => {
  await addToCart(laptop, 'The Weekender');
  await laptop.clock.install();
  const opened = laptop.waitForResponse('/events');
  await laptop.reload();
  await opened;
  const openedAgain = laptop.waitForResponse('/events');
  await laptop.clock.runFor(30_000);
  await openedAgain;
  await expect(laptop.locator('[data-reconnecting]')).toHaveCount(0);
});
