import { expect, type Page } from '@playwright/test';
import { test } from './fixtures.ts';
import {
  addToCart,
  expectCart,
  expectHeading,
  expectStatus,
  newPerson,
  openProduct,
  press,
  signIn,
  signUp,
  update,
} from './person.ts';

test('a second thing that is added, or removed, is said, and named', async ({ laptop }) => {
  await openProduct(laptop, 'The Weekender');
  await laptop.waitForLoadState();
  await press(laptop, 'Add to cart');
  await expectStatus(laptop, 'The Weekender added, 1 in your cart.');
  await press(laptop, 'Add to cart');
  await expectStatus(laptop, 'The Weekender added, 2 in your cart.');

  await addToCart(laptop, 'Field Satchel');
  await laptop.waitForLoadState();
  await press(laptop, 'Remove The Weekender');
  await expectStatus(laptop, 'The Weekender removed, 1 in your cart.');
  await press(laptop, 'Remove Field Satchel');
  await expectStatus(laptop, 'Field Satchel removed, 0 in your cart.');
});

test('what is the same twice is said twice', async ({ laptop }) => {
  await addToCart(laptop, 'The Weekender', 98);
  await laptop.waitForLoadState();
  const more = 'Increase quantity of The Weekender';
  await press(laptop, more);
  await expectStatus(laptop, 'Quantity of The Weekender: 99');
  const said = await listen(laptop);
  await laptop.route('/cart/lines', () => {});
  await press(laptop, more);
  await expect.poll(said).toEqual(['Quantity of The Weekender: 99']);
});

test('a limit, and an undoing, are said once', async ({ laptop }) => {
  await addToCart(laptop, 'The Weekender');
  await laptop.waitForLoadState();
  const said = await listen(laptop);
  await update(laptop, 'The Weekender', 120);
  const limit = 'You can have up to 99 of each item, so The Weekender is now 99.';
  await expect(laptop.locator('#cart').getByText(limit)).toBeVisible();
  await press(laptop, 'Undo');
  await expect(laptop.locator('#cart').getByText('Undone.')).toBeVisible();
  expect(await said()).toEqual(['Quantity of The Weekender: 99', limit, 'Undoing.', 'Undone.']);
});

test('what another device does quickly is said once, when it rests', async ({ laptop, phone }) => {
  const ada = newPerson();
  await signUp(laptop, ada);
  await addToCart(laptop, 'Field Satchel');
  await laptop.clock.install();
  await laptop.reload();
  await signIn(phone, ada);
  await phone.goto('/cart');
  await phone.waitForLoadState();
  const said = await listen(laptop);
  await laptop.clock.pauseAt(Date.now() + 3_600_000);
  for (const quantity of [2, 3, 4, 5]) {
    await press(phone, 'Increase quantity of Field Satchel');
    await expectCart(laptop, { 'Field Satchel': quantity });
  }
  expect(await said()).toEqual([]);
  await laptop.clock.runFor(2000);
  expect(await said()).toEqual(['Field Satchel: quantity changed to 5.']);
});

test('a number that a translator wrote in other digits is counted from all the same', async ({
  laptop,
}) => {
  await addToCart(laptop, 'Field Satchel', 2);
  await openProduct(laptop, 'Field Satchel');
  await laptop.waitForLoadState();
  const badge = laptop.locator('.badge');
  await expect(badge).toHaveAttribute('translate', 'no');
  await badge.evaluate((element) => (element.textContent = '٢'));
  await laptop.route('/cart/lines', () => {});
  await press(laptop, 'Add to cart');
  await expect(badge).toHaveText('3');
});

test('a quantity may be in the digits of any script, with blanks round it', async ({ laptop }) => {
  await openProduct(laptop, 'Field Satchel');
  await laptop.waitForLoadState();
  for (const [typed, items] of [
    ['٣', 3],
    ['3 ', 6],
    [' ३', 9],
    ['１０', 19],
    ['𝟚', 21],
  ] as const) {
    await laptop.getByLabel('Quantity').fill(typed);
    await press(laptop, 'Add to cart');
    await expectStatus(laptop, `Field Satchel added, ${items} in your cart.`);
  }
  await expectHeading(laptop, 'Field Satchel');
  await laptop.goto('/cart');
  await expectCart(laptop, { 'Field Satchel': 21 });
});

test('a notice about what a form has done has the focus when its page opens', async ({
  laptop,
}) => {
  const ada = newPerson();
  await signUp(laptop, ada);
  await expect(laptop.getByText(`Welcome to Satchel, ${ada.name}.`)).toBeFocused();
  await laptop.goto('/account');
  await press(laptop, 'Save profile');
  await expect(laptop.locator('main > .notice')).toBeFocused();

  await laptop.goto('/session');
  await laptop.getByLabel('Key', { exact: true }).fill('lining');
  await laptop.getByLabel('Value').fill('red');
  await press(laptop, 'Set');
  await expect(laptop.getByText('lining is set.', { exact: true })).toBeFocused();
  await laptop.getByLabel('Key to get').fill('lining');
  await press(laptop, 'Get');
  await expect(laptop.getByText('The server reads')).toBeFocused();
  await press(laptop, 'Sign out');
  await signIn(laptop, ada);
  await expect(laptop).toHaveTitle('Dashboard: you are logged in · Satchel');
});

test('on a page that was signed out, nothing offers to undo', async ({ laptop, phone }) => {
  const ada = newPerson();
  await signUp(laptop, ada);
  await addToCart(laptop, 'Field Satchel');
  await expect(laptop.getByRole('button', { name: 'Undo', includeHidden: true })).toBeVisible();
  await signIn(phone, ada);
  await phone.goto('/devices');
  await press(phone, 'Sign out other devices');
  await expect(laptop.locator('.signed-out')).toBeVisible();
  await expect(laptop.getByRole('button', { name: 'Undo', includeHidden: true })).toBeHidden();
});

test('a page whose cookie is not kept says why the cart stays empty', async ({ laptop }) => {
  await openProduct(laptop, 'Field Satchel');
  await laptop.waitForLoadState();
  await laptop.route('/cart/lines', async (route) => {
    const response = await route.fetch();
    await laptop.context().clearCookies();
    const { 'set-cookie': _, ...headers } = response.headers();
    await route.fulfill({ response, headers });
  });
  await press(laptop, 'Add to cart');
  await expectStatus(laptop, 'Your browser blocks cookies, so your cart stays empty.');
});

/** Notes what the live regions of a page say from now on. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  const said = await page.evaluateHandle(() => {
    const list: string[] = [];
    const regions = '[aria-live], [role="status"], [role="alert"]';
    new MutationObserver((mutations) => {
      const changed = mutations.flatMap(({ target, addedNodes }) => {
        const within =
          target.parentElement?.closest(regions) ?? (target as Element).closest?.(regions);
        const added = [...addedNodes].filter(
          (node) => node instanceof Element && node.matches(regions),
        );
        return [...(within ? [within] : []), ...added];
      });
      for (const region of new Set(changed)) {
        const text = region.textContent!.trim();
        if (text) list.push(text);
      }
    }).observe(document.body, { childList: true, characterData: true, subtree: true });
    return list;
  });
  return () => said.jsonValue();
}
