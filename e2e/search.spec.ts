import { expect, type Page } from '@playwright/test';
import { test } from './fixtures.ts';
import { expectHeading, expectStatus } from './person.ts';

test('the products follow what is typed, and the field keeps the focus and the caret', async ({
  laptop,
}) => {
  await laptop.goto('/shop');
  const field = laptop.getByLabel('Search the shop');
  const found = laptop.getByRole('listitem').getByRole('heading', { level: 2 });
  await field.pressSequentially('umbella');
  await expectNothingFound(laptop, 'umbella');
  for (let step = 0; step < 4; step += 1) await laptop.keyboard.press('ArrowLeft');
  await laptop.keyboard.type('r');
  await expect(laptop.getByRole('status')).toHaveText('1 result for “umbrella”');
  await expect(found).toHaveText(['Drizzle Umbrella']);
  await expect(field).toBeFocused();
  await laptop.keyboard.type('X');
  await expect(field).toHaveValue('umbrXella');

  // The address is that of the page which the button would open, and Back leaves the search altogether.
  await field.fill('tote');
  await expect(laptop.getByRole('status')).toContainText('for “tote”');
  await laptop.getByLabel('Sort').selectOption('Name');
  await expect(laptop).toHaveURL('/shop?q=tote&sort=name');
  const names = await found.allTextContents();
  expect(names.length).toBeGreaterThan(1);
  await laptop.reload();
  await expect(found).toHaveText(names);
});

test('an answer to what is no longer in the field is not shown', async ({ laptop }) => {
  await laptop.goto('/shop');
  const asked = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  await laptop.route('/shop?q=umbrella*', async (route) => {
    const response = await route.fetch();
    asked.resolve();
    await held.promise;
    // Nobody waits for it any more.
    await route.fulfill({ response }).catch(() => {});
  });
  const field = laptop.getByLabel('Search the shop');
  await field.fill('umbrella');
  await asked.promise;
  await field.fill('weekender');
  await expect(laptop.getByRole('status')).toHaveText('1 result for “weekender”');
  held.resolve();
  await laptop.unrouteAll({ behavior: 'wait' });
  await expect(laptop.getByRole('status')).toHaveText('1 result for “weekender”');
  await laptop.getByRole('link', { name: 'The Weekender' }).click();
  await expectHeading(laptop, 'The Weekender');
});

test('what is found is not pushed down by the welcome, and a search that fails says so', async ({
  laptop,
}) => {
  await laptop.goto('/shop');
  await expectHeading(laptop, 'Bags that carry well');
  const field = laptop.getByLabel('Search the shop');
  await field.fill('tote');
  await expectHeading(laptop, 'Search');
  await laptop.context().setOffline(true);
  await field.fill('umbrella');
  await expectStatus(laptop, 'We can’t search right now.');
});

test('the page of a bag is on its way as soon as the pointer rests on it', async ({
  laptop,
  shop,
}) => {
  // The browser does not tell of it, so the shop is asked.
  const fetched = Promise.withResolvers<string>();
  shop.app.server.on('request', ({ url, headers }) => {
    if (url === '/shop/weekender') fetched.resolve(String(headers['sec-purpose']));
  });
  await laptop.goto('/shop?category=travel');
  await laptop.getByRole('link', { name: 'The Weekender' }).hover();
  expect(await fetched.promise).toContain('prefetch');
  await laptop.getByRole('link', { name: 'The Weekender' }).click();
  await expectHeading(laptop, 'The Weekender');
  const delivery = await laptop.evaluate<string>(
    `performance.getEntriesByType('navigation')[0].deliveryType`,
  );
  expect(delivery).toBe('navigational-prefetch');
});

async function expectNothingFound(page: Page, words: string) {
  await expect(page.getByRole('heading', { name: `No results for “${words}”` })).toBeVisible();
}
