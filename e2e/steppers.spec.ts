import { expect, type Page } from '@playwright/test';
import { test, withAndWithoutScripts } from './fixtures.ts';
import {
  addToCart,
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

const more = 'Increase quantity of Field Satchel';
const less = 'Decrease quantity of Field Satchel';

withAndWithoutScripts(() => {
  test('one more, one less, and none, which can be undone', async ({ phone }) => {
    await addToCart(phone, 'Field Satchel');
    await addToCart(phone, 'The Weekender');
    await press(phone, more);
    await expectCart(phone, { 'Field Satchel': 2, 'The Weekender': 1 });
    await press(phone, less);
    await expectCart(phone, { 'Field Satchel': 1, 'The Weekender': 1 });
    await press(phone, less);
    await expectCart(phone, { 'The Weekender': 1 });
    await press(phone, 'Undo');
    await expectCart(phone, { 'Field Satchel': 1, 'The Weekender': 1 });
  });
});

test('however fast the presses, each counts, whatever another device does meanwhile', async ({
  laptop,
  phone,
}) => {
  const ada = newPerson();
  await signUp(laptop, ada);
  await addToCart(laptop, 'Field Satchel');
  await signIn(phone, ada);
  // A press before the script runs sends an ordinary form, and waits for its page.
  await laptop.waitForLoadState();
  const connection = await holdPosts(laptop);

  for (let n = 0; n < 6; n += 1) await press(laptop, more);
  await press(laptop, less);
  await expectQuantity(laptop, 6);
  await addToCart(phone, 'The Weekender');
  await press(laptop, more);
  await expectQuantity(laptop, 7);

  connection.release();
  await expectCart(laptop, { 'Field Satchel': 7, 'The Weekender': 1 });
  await expect.poll(() => new Set(connection.changes).size).toBe(8);
  await openCart(phone);
  await expectCart(phone, { 'Field Satchel': 7, 'The Weekender': 1 });
});

test('a + that waited without a connection is added to what another device did meanwhile', async ({
  laptop,
  phone,
}) => {
  const ada = newPerson();
  await signUp(laptop, ada);
  await addToCart(laptop, 'Field Satchel');
  await signIn(phone, ada);
  await openCart(phone);
  await laptop.waitForLoadState();
  await laptop.context().setOffline(true);
  await press(laptop, more);
  await press(laptop, more);
  await expectQuantity(laptop, 3);
  await update(phone, 'Field Satchel', 5);
  await expect(phone.getByRole('region', { name: 'Order summary' })).toContainText(
    'Subtotal, 5 items',
  );

  await laptop.context().setOffline(false);
  await expectCart(laptop, { 'Field Satchel': 7 });
  await expectCart(phone, { 'Field Satchel': 7 });
  await press(laptop, 'Undo');
  await expectCart(phone, { 'Field Satchel': 6 });
});

test('+, − and a number that is typed, in whatever order, end at what was shown', async ({
  laptop,
}) => {
  await addToCart(laptop, 'Field Satchel');
  await laptop.waitForLoadState();
  const connection = await holdPosts(laptop);
  await press(laptop, more);
  await press(laptop, less);
  await press(laptop, more);
  await update(laptop, 'Field Satchel', 98);
  await press(laptop, more);
  await press(laptop, more);
  await expectQuantity(laptop, 99);
  await press(laptop, less);
  await press(laptop, less);
  await press(laptop, more);
  await expectItems(laptop, 98);

  connection.release();
  await expect(laptop.locator('#cart')).not.toHaveAttribute('aria-busy');
  await expectCart(laptop, { 'Field Satchel': 98 });
  await laptop.reload();
  await expectCart(laptop, { 'Field Satchel': 98 });
});

test('a stepper keeps the focus, and says what it did', async ({ laptop }) => {
  await addToCart(laptop, 'Field Satchel');
  await laptop.waitForLoadState();
  const button = laptop.getByRole('button', { name: more });
  await button.press('Enter');
  await expect(laptop.getByText('Quantity of Field Satchel: 2')).toHaveClass(/visually-hidden/);
  await expectCart(laptop, { 'Field Satchel': 2 });
  await expect(
    laptop.getByText('Field Satchel: quantity changed to 2.', { exact: true }),
  ).toBeVisible();
  await expect(button).toBeFocused();
  await button.press('Space');
  await expectCart(laptop, { 'Field Satchel': 3 });
});

test('+ at 99 leaves 99, and says why', async ({ laptop }) => {
  await addToCart(laptop, 'Field Satchel', 99);
  await laptop.waitForLoadState();
  await press(laptop, more);
  await expect(laptop.locator('#cart').getByText('up to 99 of each item')).toBeVisible();
  await expectCart(laptop, { 'Field Satchel': 99 });
});

test('a step counts from the number that was typed beside it', async ({ laptop }) => {
  await addToCart(laptop, 'Field Satchel', 2);
  await laptop.waitForLoadState();
  await quantityOf(laptop, 'Field Satchel').fill('9');
  await press(laptop, less);
  await expectQuantity(laptop, 8);
  await quantityOf(laptop, 'Field Satchel').fill('5');
  await press(laptop, more);
  await expectQuantity(laptop, 6);
  await expect(laptop.locator('#cart')).not.toHaveAttribute('aria-busy');
  await expectCart(laptop, { 'Field Satchel': 6 });
});

test('on a product page, what was not as one would think is said', async ({ laptop }) => {
  await addToCart(laptop, 'Field Satchel', 99);
  await openProduct(laptop, 'Field Satchel');
  await press(laptop, 'Add to cart');
  await expect(laptop.locator('#status')).toContainText('up to 99 of each item');
  await expectItems(laptop, 99);
});

test('Undo that is pressed twice undoes once, and says so', async ({ laptop }) => {
  await addToCart(laptop, 'Field Satchel', 2);
  await laptop.waitForLoadState();
  await press(laptop, 'Remove Field Satchel');
  await expect(laptop.getByText('Field Satchel removed.')).toBeVisible();
  const connection = await holdPosts(laptop);
  const undo = laptop.getByRole('button', { name: 'Undo' });
  await undo.click();
  await undo.click();
  connection.release();
  await expectStatus(laptop, 'Undone.');
  await expectCart(laptop, { 'Field Satchel': 2 });
  expect(new Set(connection.changes).size).toBe(1);
});

test('while the last line is taken out, the cart is empty, and offers no older change for Undo', async ({
  laptop,
}) => {
  await addToCart(laptop, 'Field Satchel', 2);
  await laptop.waitForLoadState();
  const connection = await holdPosts(laptop);
  await expect(laptop.getByRole('button', { name: 'Undo' })).toBeVisible();
  await press(laptop, 'Remove Field Satchel');
  await expect(laptop.getByText('Your cart is empty')).toBeVisible();
  await expect(laptop.getByRole('region', { name: 'Order summary' })).toBeHidden();
  await expect(laptop.getByRole('button', { name: 'Undo' })).toBeHidden();
  connection.release();
  await expect(laptop.getByText('Field Satchel removed.')).toBeVisible();
});

test('until the shop has answered, sums are marked as old ones, and an emptied cart is empty', async ({
  laptop,
}) => {
  await addToCart(laptop, 'Field Satchel');
  await laptop.waitForLoadState();
  const connection = await holdPosts(laptop);
  const cart = laptop.locator('#cart');
  await press(laptop, more);
  await expect(cart).toHaveAttribute('aria-busy', 'true');
  await press(laptop, 'Empty cart');
  await expectStatus(laptop, 'Cart emptied.');
  await expectItems(laptop, 0);
  await expect(cart.getByRole('listitem')).toBeHidden();
  await expect(cart.getByText('Your cart is empty')).toBeVisible();

  connection.release();
  await press(laptop, 'Undo');
  await expectStatus(laptop, 'Undone.');
  await expectCart(laptop, { 'Field Satchel': 2 });
  await expect(cart).not.toHaveAttribute('aria-busy');
});

/** Lets no change of the page through before its release, and notes the id of each. */
async function holdPosts(page: Page) {
  const changes: string[] = [];
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await page.route(/\/cart\/(lines|clear|undo)/, async (route) => {
    changes.push(new URLSearchParams(route.request().postData() ?? '').get('change') ?? '');
    await released;
    await route.continue();
  });
  return { changes, release };
}

function expectQuantity(page: Page, quantity: number) {
  return expect(quantityOf(page, 'Field Satchel')).toHaveValue(`${quantity}`);
}
