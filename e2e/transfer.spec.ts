import { expect } from '@playwright/test';
import { test, withAndWithoutScripts } from './fixtures.ts';
import {
  addToCart,
  expectCart,
  expectHeading,
  newPerson,
  openCart,
  press,
  signUp,
} from './person.ts';

withAndWithoutScripts(() => {
  test('a link made on the laptop signs the phone in, with the cart, and the laptop is told', async ({
    laptop,
    phone,
  }) => {
    await signUp(laptop, newPerson());
    await addToCart(laptop, 'The Weekender', 2);
    await laptop.goto('/');
    await laptop.getByRole('link', { name: 'Continue on your phone' }).click();
    await press(laptop, 'Make a link');
    const code = laptop.getByRole('img', { name: 'The link as a QR code' });
    await expect(code).toBeVisible();
    expect((await code.boundingBox())!.width).toBeGreaterThanOrEqual(200);

    // The public origin is another than that of the story's own shop.
    const link = await laptop.getByText('/transfer/').innerText();
    await phone.goto(new URL(link).pathname);
    await expectHeading(phone, 'Sign in here as Ada Traveller?');
    await press(phone, 'Sign in here');
    await expectHeading(phone, 'Hello, Ada Traveller');
    await openCart(phone);
    await expectCart(phone, { 'The Weekender': 2 });

    await laptop.goto('/');
    const notice = laptop.getByRole('status').filter({ hasText: 'Signed in on Chrome' });
    await expect(notice).toContainText('just now. Not you? Sign it out.');
    await notice.getByRole('link', { name: 'Sign it out' }).click();
    await expectHeading(laptop, 'Your devices');
  });
});
