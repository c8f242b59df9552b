import { expect } from '@playwright/test';
import { test, withAndWithoutScripts } from './fixtures.ts';
import {
  addToCart,
  enterPassword,
  expectCart,
  expectHeading,
  expectItems,
  newPerson,
  openCart,
  press,
  signIn,
  signOut,
  signUp,
  update,
} from './person.ts';

withAndWithoutScripts(() => {
  test('a cart filled on the laptop is there on the phone, and the other way round', async ({
    laptop,
    phone,
  }) => {
    const ada = newPerson();
    await signUp(laptop, ada);
    await addToCart(laptop, 'The Weekender', 2);
    await addToCart(laptop, 'Field Satchel');
    await expectCart(laptop, { 'The Weekender': 2, 'Field Satchel': 1 });

    await signIn(phone, ada);
    await expect(phone.getByText('2 × The Weekender')).toBeVisible();
    await openCart(phone);
    await expectCart(phone, { 'The Weekender': 2, 'Field Satchel': 1 });
    await update(phone, 'The Weekender', 3);
    await expectCart(phone, { 'The Weekender': 3, 'Field Satchel': 1 });
    await press(phone, 'Remove Field Satchel');
    await expectCart(phone, { 'The Weekender': 3 });

    await laptop.reload();
    await expectCart(laptop, { 'The Weekender': 3 });
  });

  test("a guest's cart joins the user's at sign-in, and Undo takes it out again", async ({
    laptop,
    phone,
  }) => {
    const ada = newPerson();
    await signUp(laptop, ada);
    await addToCart(laptop, 'The Weekender', 2);
    await addToCart(laptop, 'Harbour Daypack', 4);

    await addToCart(phone, 'The Weekender', 3);
    await addToCart(phone, 'Harbour Daypack', 1);
    await addToCart(phone, 'Drizzle Umbrella', 1);
    await phone.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    await enterPassword(phone, ada);

    await expectHeading(phone, 'Your cart');
    await expectCart(phone, { 'The Weekender': 3, 'Harbour Daypack': 4, 'Drizzle Umbrella': 1 });
    await expect(phone.locator('#cart .notice').first()).toContainText(
      'We added what was in this browser: The Weekender and Drizzle Umbrella.',
    );
    await laptop.reload();
    await expectCart(laptop, { 'The Weekender': 3, 'Harbour Daypack': 4, 'Drizzle Umbrella': 1 });

    await press(phone, 'Undo');
    await expect(phone.locator('#cart .notice').first()).toContainText('Undone.');
    await expectCart(phone, { 'The Weekender': 2, 'Harbour Daypack': 4 });
    await laptop.reload();
    await expectCart(laptop, { 'The Weekender': 2, 'Harbour Daypack': 4 });
  });

  test('a cart that joins at a sign-in to the dashboard can be taken out again there', async ({
    laptop,
    phone,
  }) => {
    const ada = newPerson();
    await signUp(laptop, ada);
    await addToCart(laptop, 'The Weekender', 2);
    await addToCart(phone, 'Field Satchel');
    await signIn(phone, ada);
    const notice = phone.getByText('Your carts were combined: we added what was in this browser.');
    await expect(notice).toBeFocused();
    await expectItems(phone, 3);

    await press(phone, 'Undo');
    await expectItems(phone, 2);
    await expect(notice).toBeHidden();
    await openCart(phone);
    await expectCart(phone, { 'The Weekender': 2 });
  });

  test('signing in with the same things in both carts doubles nothing', async ({
    laptop,
    phone,
  }) => {
    const ada = newPerson();
    await signUp(laptop, ada);
    await addToCart(laptop, 'The Weekender', 2);

    await addToCart(phone, 'The Weekender', 2);
    await signIn(phone, ada);
    await openCart(phone);
    await expectCart(phone, { 'The Weekender': 2 });
  });

  test("a new user's cart is the one they filled as a guest", async ({ phone }) => {
    await addToCart(phone, 'Long Day Tote', 2);
    await signUp(phone, newPerson());
    await openCart(phone);
    await expectCart(phone, { 'Long Day Tote': 2 });
  });

  test('after sign-out the browser holds nothing of the user, and the next one sees only their own', async ({
    laptop,
  }) => {
    const ada = newPerson();
    const bob = newPerson('Bob Carrier');
    await signUp(laptop, ada);
    await addToCart(laptop, 'The Weekender', 2);
    await signOut(laptop);
    await openCart(laptop);
    await expectCart(laptop, {});
    await expect(laptop.getByText('Your cart is empty')).toBeVisible();

    await signUp(laptop, bob);
    await openCart(laptop);
    await expectCart(laptop, {});
    await addToCart(laptop, 'Corner Sling');
    await expectCart(laptop, { 'Corner Sling': 1 });
    await signOut(laptop);

    await signIn(laptop, ada);
    await openCart(laptop);
    await expectCart(laptop, { 'The Weekender': 2 });
  });
});
