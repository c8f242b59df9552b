import { expect, type Locator, type Page } from '@playwright/test';
import { test } from './fixtures.ts';
import { expectCart, expectHeading, expectItems, newPerson, quantityOf } from './person.ts';

test('a bag gets into the cart, and out of it, with the keyboard alone', async ({ laptop }) => {
  await laptop.goto('/shop');
  await laptop.keyboard.press('Tab');
  await expect(laptop.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await laptop.keyboard.press('Enter');
  await tabTo(laptop, laptop.getByLabel('Search the shop'));
  await laptop.keyboard.type('weekender');
  await laptop.keyboard.press('Enter');
  await expect(laptop.getByText('1 result for “weekender”')).toBeVisible();
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

test('an account is made, mistakes mended, and left, with the keyboard alone', async ({
  laptop,
}) => {
  const { name, email, password } = newPerson();
  await laptop.goto('/signup');
  await tabTo(laptop, laptop.getByLabel('Name'));
  await laptop.keyboard.press('Enter');
  await expect(laptop.getByRole('alert')).toBeFocused();

  await enter(laptop, laptop.getByRole('link', { name: 'Enter your name' }));
  await expect(laptop.getByLabel('Name')).toBeFocused();
  await laptop.keyboard.type(name);
  await tabTo(laptop, laptop.getByLabel('E-mail'));
  await laptop.keyboard.type(email);
  for (const label of ['Password', 'Confirm password']) {
    await tabTo(laptop, laptop.getByLabel(label, { exact: true }));
    await laptop.keyboard.type(password);
  }
  await laptop.keyboard.press('Enter');
  await expectHeading(laptop, `Hello, ${name}`);

  await enter(laptop, laptop.getByRole('button', { name: 'Sign out' }));
  await expectHeading(laptop, 'Sign in');
});

test('the strength of a password shows once there is one', async ({ laptop }) => {
  await laptop.goto('/signup');
  const meter = laptop.getByRole('meter', { name: 'Password strength', includeHidden: true });
  await expect(meter).toBeHidden();
  await laptop.getByLabel('Password', { exact: true }).fill('carry on');
  await expect(meter).toBeVisible();
  await laptop.getByLabel('Password', { exact: true }).fill('');
  await expect(meter).toBeHidden();
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
