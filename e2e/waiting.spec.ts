import { expect, type Page } from '@playwright/test';
import { test } from './fixtures.ts';
import {
  addToCart,
  BACK,
  WAITS,
  expectCart,
  expectHeading,
  expectItems,
  expectStatus,
  newPerson,
  openCart,
  openProduct,
  press,
  quantityOf,
  signIn,
  signOut,
  signUp,
  update,
} from './person.ts';

// One story plays a shop that is too busy.
test.use({ expectedTroubles: /^503 for \/cart\/lines$/ });

test('without a connection a change shows at once, waits, and is sent once there is one', async ({
  laptop,
  phone,
}) => {
  const ada = newPerson();
  await signUp(laptop, ada);
  await signIn(phone, ada);
  await lookAtSatchel(laptop);
  await openCart(phone);
  const changes = changesSent(laptop);
  await laptop.context().setOffline(true);
  await press(laptop, 'Add to cart');
  await expectItems(laptop, 3);
  await press(laptop, 'Add to cart');
  await expectItems(laptop, 4);
  await expectStatus(laptop, WAITS);
  await expectCart(phone, { 'The Weekender': 2 });

  await laptop.context().setOffline(false);
  await expectStatus(laptop, BACK);
  await expectItems(laptop, 4);
  await expectCart(phone, { 'The Weekender': 2, 'Field Satchel': 2 });
  expect(new Set(changes).size).toBe(2);
});

/** Fault -> what happens to the first request; the shop sees it or not. */
const faults: Record<string, (page: Page) => Promise<unknown>> = {
  'is answered by a shop that is too busy': (page) =>
    page.route('/cart/lines', (route) => route.fulfill({ status: 503 }), { times: 1 }),
  'is made, but its answer is lost': (page) =>
    page.route(
      '/cart/lines',
      async (route) => {
        await route.fetch();
        await route.abort();
      },
      { times: 1 },
    ),
};

for (const [fault, cause] of Object.entries(faults)) {
  test(`a change that ${fault} is sent again, and made once`, async ({ laptop }) => {
    await lookAtSatchel(laptop);
    const changes = changesSent(laptop);
    await cause(laptop);
    await press(laptop, 'Add to cart');
    await expectStatus(laptop, WAITS);
    await expectStatus(laptop, BACK);
    await expectItems(laptop, 3);
    await openCart(laptop);
    await expectCart(laptop, { 'The Weekender': 2, 'Field Satchel': 1 });
    expect(changes.length).toBeGreaterThan(1);
    expect(new Set(changes).size).toBe(1);
  });
}

test('after a change that was refused, and whose page did not come, the next is made', async ({
  laptop,
}) => {
  await lookAtSatchel(laptop);
  await laptop.route(
    '/cart/lines',
    (route) =>
      route.request().isNavigationRequest()
        ? route.abort('aborted')
        : route.fulfill({ status: 400 }),
    { times: 2 },
  );
  const failed = laptop.waitForEvent('requestfailed');
  await press(laptop, 'Add to cart');
  await failed;
  const answered = laptop.waitForResponse('/cart/lines');
  await press(laptop, 'Add to cart');
  await answered;
  await openCart(laptop);
  await expectCart(laptop, { 'The Weekender': 2, 'Field Satchel': 1 });
});

test('a press just after the password was changed in another tab is made', async ({ laptop }) => {
  const ada = newPerson();
  await signUp(laptop, ada);
  // Its stream would tell, a moment later, that the session has another id and other forms.
  await laptop.context().route('/events', () => {});
  await lookAtSatchel(laptop);
  const tab = await laptop.context().newPage();
  await tab.goto('/account');
  await tab.getByLabel('Current password').fill(ada.password);
  await tab.getByLabel('New password', { exact: true }).fill('another three warm words');
  await tab
    .getByRole('region', { name: 'Password' })
    .getByLabel('Confirm password')
    .fill('another three warm words');
  await press(tab, 'Change password');
  await expect(tab.getByText('Your password is changed')).toBeVisible();
  const changes = changesSent(laptop);
  await press(laptop, 'Add to cart');
  await openCart(tab);
  await expectCart(tab, { 'The Weekender': 2, 'Field Satchel': 1 });
  expect(changes).toHaveLength(2);
  expect(new Set(changes).size).toBe(1);
  await expectHeading(laptop, 'Field Satchel');
});

test('a change that waits outlives a reload of its page, and holds up no other tab', async ({
  laptop,
}) => {
  await lookAtSatchel(laptop);
  const tab = await laptop.context().newPage();
  await openProduct(tab, 'Corner Sling');
  await laptop.route('/cart/lines', (route) => route.abort());
  await press(laptop, 'Add to cart');
  await expectStatus(laptop, WAITS);
  await press(tab, 'Add to cart');
  await openCart(tab);
  await expectCart(tab, { 'The Weekender': 2, 'Corner Sling': 1 });
  await laptop.unroute('/cart/lines');
  await laptop.reload();
  await expectCart(tab, { 'The Weekender': 2, 'Corner Sling': 1, 'Field Satchel': 1 });
});

test('what waits is sent before a sign-out, which would clear it', async ({ laptop }) => {
  const ada = newPerson();
  await signUp(laptop, ada);
  await lookAtSatchel(laptop);
  await laptop.route('/cart/lines', (route) => route.fulfill({ status: 503 }), { times: 1 });
  await press(laptop, 'Add to cart');
  await expectStatus(laptop, WAITS);
  await signOut(laptop);
  await signIn(laptop, ada);
  await expectItems(laptop, 3);
});

test('a sign-out does not wait for long', async ({ laptop }) => {
  await signUp(laptop, newPerson());
  await lookAtSatchel(laptop);
  await laptop.route('/cart/lines', (route) => route.fulfill({ status: 503 }));
  await press(laptop, 'Add to cart');
  await expectStatus(laptop, WAITS);
  await signOut(laptop);
  await expect(laptop.getByText('Your last changes to the cart could not be saved.')).toBeVisible();
  const kept = () => JSON.stringify([localStorage, sessionStorage]);
  expect(await laptop.evaluate(kept)).not.toContain('field-satchel');
});

test('what waits outlives its tab: the next page of the browser sends it', async ({ laptop }) => {
  await lookAtSatchel(laptop);
  await laptop.route('/cart/lines', (route) => route.abort());
  await press(laptop, 'Add to cart');
  await expectStatus(laptop, WAITS);
  const tab = await laptop.context().newPage();
  await laptop.close({ runBeforeUnload: true });
  await tab.goto('/cart');
  await expectCart(tab, { 'The Weekender': 2, 'Field Satchel': 1 });
});

test('what waits goes on being said, whatever is said in between', async ({ laptop }) => {
  await lookAtSatchel(laptop);
  await laptop.clock.install();
  await laptop.route('/cart/lines', (route) => route.abort());
  await press(laptop, 'Add to cart');
  await expectStatus(laptop, WAITS);
  await press(laptop, 'Add to cart');
  await expectStatus(laptop, 'Field Satchel added, 4 in your cart.');
  await laptop.clock.runFor(7000);
  await expectStatus(laptop, WAITS);
});

test('an answer that comes late never shows an older cart', async ({ laptop }) => {
  await lookAtSatchel(laptop);
  await openCart(laptop);
  const tab = await laptop.context().newPage();
  await tab.goto('/cart');
  // The page as it is after the other tab's change is held back until our own is on the screen.
  const held = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  await laptop.route(
    '/cart',
    async (route) => {
      const response = await route.fetch();
      asked.resolve();
      await held.promise;
      await route.fulfill({ response });
    },
    { times: 1 },
  );
  await update(tab, 'The Weekender', 3);
  await asked.promise;
  await update(laptop, 'The Weekender', 5);
  await expect(laptop.getByRole('region', { name: 'Order summary' })).toContainText(
    'Subtotal, 5 items',
  );
  const late = laptop.waitForEvent('requestfinished', (request) => request.url().endsWith('/cart'));
  held.resolve();
  await late;
  await expectCart(laptop, { 'The Weekender': 5 });
  await expectCart(tab, { 'The Weekender': 5 });
  await expectCart(laptop, { 'The Weekender': 5 });
});

test('nor does one that comes after a newer press of this page', async ({ laptop }) => {
  await lookAtSatchel(laptop);
  await openCart(laptop);
  // The page as it is after the first press is held back until the second is made, and all later ones for longer.
  const [early, late] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const asked = Promise.withResolvers<void>();
  let first = true;
  await laptop.route('/cart', async (route) => {
    if (!first) {
      await late.promise;
      return route.continue();
    }
    first = false;
    const response = await route.fetch();
    asked.resolve();
    await early.promise;
    return route.fulfill({ response });
  });
  await press(laptop, 'Increase quantity of The Weekender');
  await asked.promise;
  const made = laptop.waitForResponse('/cart/lines');
  await press(laptop, 'Increase quantity of The Weekender');
  await made;
  const arrived = laptop.waitForEvent('requestfinished', (sent) => sent.url().endsWith('/cart'));
  early.resolve();
  await arrived;
  await expect(laptop.locator('#cart')).toHaveAttribute('aria-busy', 'true');
  await expect(quantityOf(laptop, 'The Weekender')).toHaveValue('4');
  late.resolve();
  await expectCart(laptop, { 'The Weekender': 4 });
  await expect(laptop.locator('#cart')).not.toHaveAttribute('aria-busy');
});

test('what waits stays on the page while others change the cart, and the next press counts from it', async ({
  laptop,
  phone,
}) => {
  const ada = newPerson();
  await signUp(laptop, ada);
  await signIn(phone, ada);
  await addToCart(laptop, 'The Weekender', 5);
  const tab = await laptop.context().newPage();
  await tab.goto('/cart');
  await expectCart(laptop, { 'The Weekender': 5 });
  await laptop.route('/cart/lines/*', (route) => route.abort());
  await press(laptop, 'Decrease quantity of The Weekender');
  await expectStatus(laptop, WAITS);
  await addToCart(phone, 'Corner Sling');
  // Both tabs hear of it at once.
  await expectCart(tab, { 'The Weekender': 5, 'Corner Sling': 1 });
  await expectCart(laptop, { 'The Weekender': 4 });
  await press(laptop, 'Decrease quantity of The Weekender');
  await laptop.unroute('/cart/lines/*');
  await laptop.evaluate(() => window.dispatchEvent(new Event('online')));
  await expectStatus(laptop, BACK);
  await expectCart(laptop, { 'The Weekender': 3, 'Corner Sling': 1 });
  await expectCart(tab, { 'The Weekender': 3, 'Corner Sling': 1 });
});

test('what a stranger puts in from two tabs without a connection is in one cart', async ({
  laptop,
}) => {
  const tab = await laptop.context().newPage();
  await openProduct(laptop, 'The Weekender');
  await openProduct(tab, 'Corner Sling');
  await laptop.context().setOffline(true);
  for (const page of [laptop, tab]) {
    await press(page, 'Add to cart');
    await expectStatus(page, WAITS);
  }
  await laptop.context().setOffline(false);
  for (const page of [laptop, tab]) await expectItems(page, 2);
  await openCart(laptop);
  await expectCart(laptop, { 'The Weekender': 1, 'Corner Sling': 1 });
});

test('a press right before one leaves the page is made, and nobody is said to have been away', async ({
  laptop,
}) => {
  await lookAtSatchel(laptop);
  await laptop.route('/cart/lines', () => {}, { times: 1 });
  await press(laptop, 'Add to cart');
  await openCart(laptop);
  await expectCart(laptop, { 'The Weekender': 2, 'Field Satchel': 1 });
  await expect(laptop.getByText(BACK)).toHaveCount(0);
});

test('a stranger who leaves before the answer finds it on the next page', async ({ laptop }) => {
  await openProduct(laptop, 'The Weekender');
  // The next page is asked for while the change is on its way, and comes after its answer was read.
  const asked = Promise.withResolvers<void>();
  const read = laptop.waitForRequest((request) => request.resourceType() === 'xhr');
  await laptop.route('/cart/lines', async (route) => {
    await asked.promise;
    await route.continue();
  });
  await laptop.route(
    '/cart',
    async (route) => {
      const response = await route.fetch();
      asked.resolve();
      await read;
      await route.fulfill({ response });
    },
    { times: 1 },
  );
  await press(laptop, 'Add to cart');
  await openCart(laptop);
  await expectCart(laptop, { 'The Weekender': 1 });
});

test('of ten quick presses none is lost', async ({ laptop }) => {
  await lookAtSatchel(laptop);
  for (let presses = 0; presses < 10; presses += 1) await press(laptop, 'Add to cart');
  await expectItems(laptop, 12);
  const tab = await laptop.context().newPage();
  await tab.goto('/cart');
  await expectCart(tab, { 'The Weekender': 2, 'Field Satchel': 10 });
  await expectItems(laptop, 12);
});

test('with the keyboard alone, the focus stays where it is through every change', async ({
  laptop,
}) => {
  await lookAtSatchel(laptop);
  await press(laptop, 'Add to cart');
  await openCart(laptop);
  const tab = await laptop.context().newPage();
  await tab.goto('/cart');
  const quantity = quantityOf(laptop, 'The Weekender');
  await quantity.focus();
  await laptop.keyboard.press('ControlOrMeta+A');
  await laptop.keyboard.type('4');
  await laptop.keyboard.press('Enter');
  await expectCart(tab, { 'The Weekender': 4, 'Field Satchel': 1 });
  await expect(quantity).toBeFocused();

  // A change made elsewhere leaves alone what is being typed here.
  await laptop.keyboard.press('ControlOrMeta+A');
  await laptop.keyboard.type('12');
  await laptop.keyboard.press('ArrowLeft');
  await update(tab, 'Field Satchel', 2);
  await expectItems(laptop, 6);
  await expect(quantity).toBeFocused();
  await laptop.keyboard.type('0');
  await expect(quantity).toHaveValue('102');
  await laptop.keyboard.press('Backspace');
  // Past the button for one more.
  await laptop.keyboard.press('Tab');
  await laptop.keyboard.press('Tab');
  const button = laptop.getByRole('button', { name: 'Update The Weekender' });
  await expect(button).toBeFocused();
  await laptop.keyboard.press('Enter');
  await expectCart(tab, { 'The Weekender': 12, 'Field Satchel': 2 });
  await expectItems(laptop, 14);
  await expect(button).toBeFocused();

  await laptop.keyboard.press('Tab');
  await laptop.keyboard.press('Enter');
  await expectCart(tab, { 'Field Satchel': 2 });
  await expect(laptop.getByText('The Weekender removed.')).toBeVisible();
  await expect(laptop.getByRole('button', { name: 'Undo' })).toBeFocused();
  await laptop.keyboard.press('Enter');
  await expectCart(tab, { 'The Weekender': 12, 'Field Satchel': 2 });
});

test('with the keyboard alone, the focus goes to the way back, and from there to what came back', async ({
  laptop,
}) => {
  await lookAtSatchel(laptop);
  await press(laptop, 'Add to cart');
  await openCart(laptop);
  await laptop.waitForLoadState();
  const undo = laptop.getByRole('button', { name: 'Undo' });
  const heading = laptop.getByRole('heading', { name: 'Your cart' });
  const link = (product: string) => laptop.getByRole('link', { name: product, exact: true });

  await laptop.getByRole('button', { name: 'Empty cart' }).press('Enter');
  await expect(laptop.getByText('Your cart is empty')).toBeVisible();
  await expect(undo).toBeFocused();
  await laptop.keyboard.press('Enter');
  await expectCart(laptop, { 'The Weekender': 2, 'Field Satchel': 1 });
  await expect(heading).toBeFocused();

  await laptop.getByRole('button', { name: 'Remove The Weekender' }).press('Enter');
  await expectCart(laptop, { 'Field Satchel': 1 });
  await expect(undo).toBeFocused();
  await laptop.keyboard.press('Enter');
  await expectCart(laptop, { 'The Weekender': 2, 'Field Satchel': 1 });
  await expect(link('The Weekender')).toBeFocused();

  await laptop.getByRole('button', { name: 'Increase quantity of Field Satchel' }).press('Enter');
  await expectCart(laptop, { 'The Weekender': 2, 'Field Satchel': 2 });
  await expect(laptop.locator('#cart')).not.toHaveAttribute('aria-busy');
  await undo.press('Enter');
  await expectCart(laptop, { 'The Weekender': 2, 'Field Satchel': 1 });
  await expect(link('Field Satchel')).toBeFocused();
});

/** With two of the weekender in the cart. */
async function lookAtSatchel(page: Page): Promise<void> {
  await addToCart(page, 'The Weekender', 2);
  await openProduct(page, 'Field Satchel');
}

/** The id of each change that a page sends from now on, repeats included. */
function changesSent(page: Page): string[] {
  const changes: string[] = [];
  page.on('request', (request) => {
    const change = new URLSearchParams(request.postData() ?? '').get('change');
    if (change) changes.push(change);
  });
  return changes;
}
