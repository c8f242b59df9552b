import { expect, type Page } from '@playwright/test';
import { test, withAndWithoutScripts } from './fixtures.ts';
import {
  addToCart,
  expectCart,
  expectHeading,
  expectItems,
  newPerson,
  openCart,
  openProduct,
  quantityOf,
  signUp,
} from './person.ts';

withAndWithoutScripts(() => {
  test('a double click on "Add to cart" adds one', async ({ laptop }) => {
    await openProduct(laptop, 'Field Satchel');
    await laptop.waitForLoadState();
    await laptop.getByRole('button', { name: 'Add to cart' }).dblclick();
    await expectItems(laptop, 1);
    await openCart(laptop);
    await expectCart(laptop, { 'Field Satchel': 1 });
  });
});

test('a double click on "Remove" leaves the line that moves up', async ({ laptop }) => {
  await addToCart(laptop, 'Field Satchel');
  await addToCart(laptop, 'The Weekender');
  await laptop.waitForLoadState();
  await laptop.getByRole('button', { name: 'Remove Field Satchel' }).dblclick();
  await expect(laptop.getByText('Field Satchel removed.')).toBeVisible();
  await expectCart(laptop, { 'The Weekender': 1 });
});

test('each click on + counts, also the second of a double click', async ({ laptop }) => {
  await addToCart(laptop, 'Field Satchel');
  await laptop.waitForLoadState();
  await laptop.getByRole('button', { name: 'Increase quantity of Field Satchel' }).dblclick();
  await expect(quantityOf(laptop, 'Field Satchel')).toHaveValue('3');
  await expectCart(laptop, { 'Field Satchel': 3 });
});

test.describe('a form that is sent', () => {
  test('goes once, however often it is pressed before the next page is there', async ({
    laptop,
  }) => {
    const ada = newPerson();
    const posts = await slowPosts(laptop, '/signup');
    await laptop.goto('/signup');
    await laptop.getByLabel('Name').fill(ada.name);
    await laptop.getByLabel('E-mail').fill(ada.email);
    await laptop.getByLabel('Password', { exact: true }).fill(ada.password);
    await laptop.getByLabel('Confirm password').fill(ada.password);
    const button = laptop.getByRole('button', { name: 'Create account' });
    // The second click of Playwright would wait for the next page. A person clicks again after a fifth of a second.
    await button.evaluate(async (element: HTMLElement) => {
      element.click();
      await new Promise((resolve) => setTimeout(resolve, 200));
      element.click();
    });
    await expect.poll(posts.count).toBeGreaterThan(0);
    posts.release();
    await expectHeading(laptop, `Hello, ${ada.name}`);
    expect(posts.count()).toBe(1);
  });

  test('can be sent again by a page that is back from the back/forward cache', async ({
    laptop,
  }) => {
    await signUp(laptop, newPerson());
    await laptop.goto('/account');
    await laptop.waitForLoadState();
    let sent = 0;
    await laptop.route('/account/profile', (route) => {
      sent += 1;
      return route.fulfill({ status: 204 });
    });
    const button = laptop.getByRole('button', { name: 'Save profile' });
    await button.click();
    await button.click();
    expect(sent).toBe(1);
    await laptop.evaluate(
      "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))",
    );
    await button.click();
    await expect.poll(() => sent).toBe(2);
  });
});

/** Lets no form to this address through before its release. */
async function slowPosts(page: Page, path: string) {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let count = 0;
  await page.route(path, async (route) => {
    if (route.request().method() === 'POST') {
      count += 1;
      await released;
    }
    await route.continue();
  });
  return { release, count: () => count };
}
