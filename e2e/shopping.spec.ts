import { expect, type Page } from '@playwright/test';
import { errorAnswers } from '../src/http/error-answers.ts';
import { test, withAndWithoutScripts } from './fixtures.ts';
import {
  addToCart,
  expectCart,
  expectHeading,
  expectItems,
  openCart,
  press,
  update,
} from './person.ts';

withAndWithoutScripts(() => {
  test('looking for a bag: search, category, sort', async ({ laptop }) => {
    await laptop.goto('/shop');
    await expectHeading(laptop, 'Bags that carry well');
    await expect(laptop.getByText('28 bags')).toBeVisible();

    await laptop.getByLabel('Search the shop').fill('umbrella');
    await press(laptop, 'Search');
    await expect(laptop.getByText('1 result for “umbrella”')).toBeVisible();
    await expectProducts(laptop, ['Drizzle Umbrella']);

    await laptop.getByLabel('Search the shop').fill('a spaceship');
    await press(laptop, 'Search');
    const nothing = laptop.getByRole('heading', { name: 'No results for “a spaceship”' });
    await expect(nothing).toBeVisible();
    await laptop.getByRole('link', { name: 'Browse everything' }).click();

    const categories = laptop.getByRole('navigation', { name: 'Categories' });
    await categories.getByRole('link', { name: 'Totes' }).click();
    await expectHeading(laptop, 'Totes');
    await expect(laptop.getByText('5 bags')).toBeVisible();
    await expect(categories.getByRole('link', { name: 'Totes' })).toHaveAttribute(
      'aria-current',
      'true',
    );

    await laptop.getByLabel('Sort').selectOption('Price, low to high');
    await press(laptop, 'Search');
    await expectHeading(laptop, 'Totes');
    await expectProducts(laptop, [
      /Market Net/,
      'Greengrocer Shopper',
      'Pebble Beach Tote',
      'Long Day Tote',
      'Ripple Bucket Bag',
    ]);
  });

  test('going through the pages, in the order that was chosen', async ({ laptop }) => {
    await laptop.goto('/shop');
    await laptop.getByLabel('Sort').selectOption('Name');
    await press(laptop, 'Search');
    const pages = laptop.getByRole('navigation', { name: 'Pages' });
    const current = pages
      .getByRole('link', { name: /^Page/ })
      .and(laptop.locator('[aria-current=page]'));
    await expect(current).toHaveAccessibleName('Page 1');
    await expect(products(laptop)).toHaveCount(12);
    await expect(products(laptop).first()).toHaveText('Boathouse Duffel');
    await expect(pages.getByRole('link', { name: 'Previous' })).toHaveCount(0);

    await pages.getByRole('link', { name: 'Next' }).click();
    await expect(current).toHaveAccessibleName('Page 2');
    await pages.getByRole('link', { name: 'Page 3' }).click();
    await expect(current).toHaveAccessibleName('Page 3');
    await expect(products(laptop)).toHaveCount(4);
    await expect(products(laptop).last()).toHaveText('Washstand Bag');
    await expect(pages.getByRole('link', { name: 'Next' })).toHaveCount(0);

    await pages.getByRole('link', { name: 'Previous' }).click();
    await expect(current).toHaveAccessibleName('Page 2');
  });

  test('filling, changing and emptying a cart, and undoing it', async ({ phone }) => {
    await phone.goto('/shop?category=travel');
    await phone.getByRole('link', { name: 'The Weekender' }).click();
    await expectHeading(phone, 'The Weekender');
    await expect(phone.getByText('€289.50')).toBeVisible();
    await press(phone, 'Add to cart');
    await expectItems(phone, 1);
    await openCart(phone);
    await expect(phone.getByText('The Weekender added.')).toBeVisible();
    await expectCart(phone, { 'The Weekender': 1 });

    // What is there already is added to.
    await addToCart(phone, 'The Weekender', 2);
    await addToCart(phone, 'Five Card Holder');
    await expectCart(phone, { 'The Weekender': 3, 'Five Card Holder': 1 });
    await expectSum(phone, 'Subtotal, 4 items €902.00');

    await update(phone, 'The Weekender', 2);
    await expectCart(phone, { 'The Weekender': 2, 'Five Card Holder': 1 });
    await expectSum(phone, 'Subtotal, 3 items €612.50');
    await press(phone, 'Undo');
    await expectCart(phone, { 'The Weekender': 3, 'Five Card Holder': 1 });

    await press(phone, 'Remove The Weekender');
    await expect(phone.getByText('The Weekender removed.')).toBeVisible();
    await expectCart(phone, { 'Five Card Holder': 1 });
    await press(phone, 'Undo');
    await expectCart(phone, { 'The Weekender': 3, 'Five Card Holder': 1 });
    await expect(phone.getByLabel(/^Quantity of /).first()).toHaveAccessibleName(
      'Quantity of The Weekender',
    );

    await update(phone, 'Five Card Holder', 0);
    await expectCart(phone, { 'The Weekender': 3 });

    await press(phone, 'Empty cart');
    await expect(phone.locator('.undo')).toContainText('Cart emptied.');
    await expectCart(phone, {});
    await press(phone, 'Undo');
    await expectCart(phone, { 'The Weekender': 3 });
  });

  test("the number beside the cart is right on every page, and the browser's Back repeats nothing", async ({
    phone,
  }) => {
    await phone.goto('/shop');
    await expectItems(phone, 0);
    await addToCart(phone, 'Field Satchel');
    await expectCart(phone, { 'Field Satchel': 1 });

    await phone.goBack();
    await expectHeading(phone, 'Field Satchel');
    await phone.goForward();
    await expectCart(phone, { 'Field Satchel': 1 });
    await phone.reload();
    await expectCart(phone, { 'Field Satchel': 1 });

    for (const path of ['/shop', '/shop/weekender', '/login', '/signup', '/nowhere']) {
      await phone.goto(path);
      await expectItems(phone, 1);
    }
    await openCart(phone);
    await expectCart(phone, { 'Field Satchel': 1 });
  });

  test('a page that is not there offers to look for it', async ({ phone }) => {
    await phone.goto('/shop/a-bag-of-yesteryear');
    await expectHeading(phone, errorAnswers['not-found'].title);
    await phone.getByLabel('Search the shop').fill('duffel');
    await press(phone, 'Search');
    await expectProducts(phone, ['Boathouse Duffel']);
  });
});

function products(page: Page) {
  return page.getByRole('listitem').getByRole('heading', { level: 2 });
}

async function expectProducts(page: Page, names: (string | RegExp)[]) {
  await expect(products(page)).toHaveText(names);
}

async function expectSum(page: Page, text: string) {
  await expect(page.getByRole('region', { name: 'Order summary' })).toContainText(text);
}
