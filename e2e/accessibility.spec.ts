import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';
import { test } from './fixtures.ts';
import {
  addToCart,
  expectCart,
  expectHeading,
  expectItems,
  newPerson,
  press,
  quantityOf,
  signUp,
} from './person.ts';

const LONGEST_NAME = 'The Slow Sunday Market Net with Long Handles for Rather Heavy Shopping';

/** Name -> the way there. */
const pages: Record<string, (page: Page) => Promise<unknown>> = {
  'the shop': (page) => page.goto('/shop'),
  'a search without a find': (page) => page.goto('/shop?q=spaceship'),
  'a product': (page) => page.goto('/shop/field-satchel'),
  'the sign-in': (page) => page.goto('/login'),
  'the sign-up': (page) => page.goto('/signup'),
  'a sign-up with mistakes': async (page) => {
    await page.goto('/signup');
    await press(page, 'Create account');
    await expect(page.getByRole('alert')).toBeVisible();
  },
  'an empty cart': (page) => page.goto('/cart'),
  'a full cart': async (page) => {
    await addToCart(page, 'The Weekender', 2);
    await addToCart(page, LONGEST_NAME, 99);
  },
  'the dashboard': async (page) => {
    await addToCart(page, 'The Weekender', 2);
    await signUp(page, newPerson());
  },
  'the session': async (page) => {
    await signUp(page, newPerson());
    await page.goto('/session');
  },
  'a page that is not there': (page) => page.goto('/nowhere'),
};

for (const [name, open] of Object.entries(pages)) {
  test(`axe finds nothing on ${name}`, async ({ laptop }) => {
    await open(laptop);
    for (const colorScheme of ['light', 'dark'] as const) {
      await laptop.emulateMedia({ colorScheme });
      for (const width of [1440, 390]) {
        await laptop.setViewportSize({ width, height: 900 });
        const { violations } = await new AxeBuilder({ page: laptop }).analyze();
        const found = violations.map(({ id, help, nodes }) => ({
          id,
          help,
          where: nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary}`),
        }));
        expect(found, `${colorScheme}, ${width} px`).toEqual([]);
      }
    }
  });
}

test('a bag gets into the cart, and out of it, with the keyboard alone', async ({ laptop }) => {
  await laptop.goto('/shop');
  await laptop.keyboard.press('Tab');
  await expect(laptop.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await laptop.keyboard.press('Enter');
  await tabTo(laptop, laptop.getByLabel('Search the shop'));
  await laptop.keyboard.type('weekender');
  await laptop.keyboard.press('Enter');
  await expect(laptop.getByText('1 thing for “weekender”')).toBeVisible();
  await enter(laptop, laptop.getByRole('link', { name: 'The Weekender' }));
  await expectHeading(laptop, 'The Weekender');

  await tabTo(laptop, laptop.getByLabel('Quantity'));
  await laptop.keyboard.type('2');
  await enter(laptop, laptop.getByRole('button', { name: 'Add to cart' }));
  await expectItems(laptop, 2);

  await enter(laptop, laptop.getByRole('link', { name: 'Cart 2 items' }), 'Shift+Tab');
  await tabTo(laptop, quantityOf(laptop, 'The Weekender'));
  await laptop.keyboard.type('3');
  await laptop.keyboard.press('Enter');
  await expectCart(laptop, { 'The Weekender': 3 });
  await enter(laptop, laptop.getByRole('button', { name: 'Remove The Weekender' }));
  await expectCart(laptop, {});
  await enter(laptop, laptop.getByRole('button', { name: 'Undo' }));
  await expectCart(laptop, { 'The Weekender': 3 });
});

async function enter(page: Page, target: Locator, key?: 'Shift+Tab') {
  await tabTo(page, target, key);
  await page.keyboard.press('Enter');
}

async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab') {
  const focused = target.and(page.locator(':focus'));
  for (let stops = 0; stops < 60 && (await focused.count()) === 0; stops += 1) {
    await page.keyboard.press(key);
  }
  await expect(target).toBeFocused();
}
