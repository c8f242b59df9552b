import { expect, type Page } from '@playwright/test';
import { PASSWORDS_DIFFER } from '../src/auth/fields.ts';
import { errorAnswers } from '../src/http/error-answers.ts';
import { signUpForm } from '../src/auth/sign-in/forms.ts';
import { addForm, setForm } from '../src/shop/cart/forms.ts';
import { test, withAndWithoutScripts } from './fixtures.ts';
import {
  addToCart,
  enterPassword,
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

withAndWithoutScripts(() => {
  test('a sign-up full of mistakes says so beside each field, and keeps what was entered', async ({
    laptop,
  }) => {
    const ada = newPerson();
    const { name, email, password, website } = signUpForm.fields;
    const mistakes = [name, email, password, website];
    await laptop.goto('/signup');
    await laptop.getByLabel('Name').fill('   ');
    await laptop.getByLabel('E-mail').fill('ada at example');
    await laptop.getByLabel('Password', { exact: true }).fill('short');
    await laptop.getByLabel('Confirm password').fill('also short');
    await laptop.getByLabel('Website').fill('my page');
    await press(laptop, 'Create account');

    await expectHeading(laptop, 'Create an account');
    const summary = laptop.getByRole('alert');
    for (const { label, message } of mistakes) {
      await expectMistake(laptop, label, message);
      await summary.getByRole('link', { name: message }).click();
      await expect(laptop.getByLabel(label).first()).toBeFocused();
    }
    await expect(laptop.getByLabel('E-mail')).toHaveValue('ada at example');
    await expect(laptop.getByLabel('Website')).toHaveValue('my page');
    await expect(laptop.getByLabel('Password', { exact: true })).toHaveValue('');

    await laptop.getByLabel('Name').fill(ada.name);
    await laptop.getByLabel('E-mail').fill(ada.email);
    await laptop.getByLabel('Password', { exact: true }).fill(ada.password);
    await laptop.getByLabel('Confirm password').fill('three warm words there');
    await laptop.getByLabel('Website').fill('https://ada.example');
    await press(laptop, 'Create account');
    await expectMistake(laptop, 'Confirm password', PASSWORDS_DIFFER);

    await laptop.getByLabel('Password', { exact: true }).fill(ada.password);
    await laptop.getByLabel('Confirm password').fill(ada.password);
    await press(laptop, 'Create account');
    await expectHeading(laptop, `Hello, ${ada.name}`);
  });

  test('an address that has an account already can be signed in with', async ({ laptop }) => {
    const ada = newPerson();
    await signUp(laptop, ada);
    await signOut(laptop);

    await laptop.goto('/signup');
    await laptop.getByLabel('Name').fill('Ada Again');
    await laptop.getByLabel('E-mail').fill(ada.email);
    await laptop.getByLabel('Password', { exact: true }).fill(ada.password);
    await laptop.getByLabel('Confirm password').fill(ada.password);
    await press(laptop, 'Create account');
    await expectMistake(
      laptop,
      'E-mail',
      'There is already an account with this address. You can sign in with it.',
    );
    await signIn(laptop, ada);
  });

  test('a wrong password keeps the address, and the right one still works', async ({ laptop }) => {
    const ada = newPerson();
    await signUp(laptop, ada);
    await signOut(laptop);

    await enterPassword(laptop, { ...ada, password: 'three cold words here' });
    const message = 'The e-mail or password is incorrect.';
    await expectMistake(laptop, 'E-mail', message);
    await laptop.getByRole('alert').getByRole('link', { name: message }).click();
    await expect(laptop.getByLabel('E-mail')).toBeFocused();
    await expect(laptop.getByLabel('E-mail')).toHaveValue(ada.email);
    await expect(laptop.getByLabel('Password', { exact: true })).toHaveValue('');

    await laptop.getByLabel('Password', { exact: true }).fill(ada.password);
    await press(laptop, 'Sign in');
    await expectHeading(laptop, `Hello, ${ada.name}`);
  });

  test('a quantity that cannot be added comes back with the reason', async ({ phone }) => {
    const { message } = addForm.fields.quantity;
    await openProduct(phone, 'The Weekender');
    for (const wrong of ['0', 'abc', '1.5', '-1', '']) {
      await phone.getByLabel('Quantity').fill(wrong);
      await press(phone, 'Add to cart');
      await expectMistake(phone, 'Quantity', message);
      await expect(phone.getByLabel('Quantity')).toHaveValue(wrong);
    }
    await phone.getByRole('alert').getByRole('link', { name: message }).click();
    await expect(phone.getByLabel('Quantity')).toBeFocused();

    await phone.getByLabel('Quantity').fill('2');
    await press(phone, 'Add to cart');
    await expectItems(phone, 2);
    await openCart(phone);
    await expectCart(phone, { 'The Weekender': 2 });
  });

  test('a quantity that the cart cannot hold says so beside its line', async ({ phone }) => {
    await addToCart(phone, 'The Weekender', 2);
    await addToCart(phone, 'Field Satchel');

    await update(phone, 'The Weekender', 'many');
    await expect(phone).toHaveTitle('Error: Your cart · Satchel');
    await expectMistake(phone, 'Quantity of The Weekender', setForm.fields.quantity.message);
    await expect(quantityOf(phone, 'The Weekender')).toHaveValue('many');
    await expect(quantityOf(phone, 'Field Satchel')).not.toHaveAttribute('aria-invalid', 'true');

    await update(phone, 'The Weekender', 500);
    await expect(
      phone.getByText('You can have up to 99 of each item, so The Weekender is now 99.'),
    ).toBeVisible();
    await expectCart(phone, { 'The Weekender': 99, 'Field Satchel': 1 });
  });

  test('a form from before the sign-in comes back and works at the second press', async ({
    laptop,
  }) => {
    const ada = newPerson();
    await signUp(laptop, ada);
    await signOut(laptop);
    await openProduct(laptop, 'The Weekender');
    const secondTab = await laptop.context().newPage();
    await signIn(secondTab, ada);

    await laptop.getByLabel('Quantity').fill('3');
    await press(laptop, 'Add to cart');
    await expectHeading(laptop, errorAnswers['form-expired'].title);
    await expect(laptop.getByLabel('Quantity')).toHaveValue('3');
    await press(laptop, 'Send it again');
    await expectHeading(laptop, 'Your cart');
    await expectCart(laptop, { 'The Weekender': 3 });

    await secondTab.reload();
    await expect(secondTab.getByText('3 × The Weekender')).toBeVisible();
  });

  test('signing in in two tabs ends in both signed in', async ({ laptop }) => {
    const ada = newPerson();
    await signUp(laptop, ada);
    await signOut(laptop);
    const secondTab = await laptop.context().newPage();
    await signIn(secondTab, ada);

    await enterPassword(laptop, ada);
    await expectHeading(laptop, errorAnswers['form-expired'].title);
    await expect(laptop.getByLabel('E-mail')).toHaveValue(ada.email);
    await press(laptop, 'Send it again');
    await expectHeading(laptop, `Hello, ${ada.name}`);
  });
});

test.describe('without scripts', () => {
  test.use({ scripts: false });

  test('a form from before the sign-out fills the cart of the guest', async ({ laptop }) => {
    await openProductAndSignOutElsewhere(laptop);
    await press(laptop, 'Add to cart');
    await expectCart(laptop, { 'Field Satchel': 1 });
  });
});

test('with scripts, a form from before the sign-out fills no cart, and the page says why', async ({
  laptop,
}) => {
  // Its stream would say so too, a moment later.
  await laptop.context().route('/events', () => {});
  const tab = await openProductAndSignOutElsewhere(laptop);
  await press(laptop, 'Add to cart');
  const notice = 'You were signed out, so your change was not saved. Sign in and try again.';
  await expectStatus(laptop, notice);
  await press(laptop, 'Add to cart');
  await expect(laptop.getByRole('main').getByRole('link', { name: 'Sign in' })).toBeFocused();
  await tab.goto('/cart');
  await expectCart(tab, {});
});

/** @returns the other tab */
async function openProductAndSignOutElsewhere(page: Page): Promise<Page> {
  await signUp(page, newPerson());
  await addToCart(page, 'The Weekender', 2);
  await openProduct(page, 'Field Satchel');
  const tab = await page.context().newPage();
  await tab.goto('/shop');
  await signOut(tab);
  return tab;
}

/** The message is beside its field, and a screen reader reads it with the field. */
async function expectMistake(page: Page, label: string, message: string) {
  const field = page.getByLabel(new RegExp(`^${label}( optional)?$`));
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  // A hint may come before it.
  const description = new RegExp(`${message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
  await expect(field).toHaveAccessibleDescription(description);
}
