import { readFile } from 'node:fs/promises';
import { expect, type Page } from '@playwright/test';
import { minute } from '../test/support/clock.ts';
import { test, withAndWithoutScripts } from './fixtures.ts';
import { expectHeading, newPerson, press, signIn, signUp } from './person.ts';

withAndWithoutScripts(() => {
  test('name, address and password are changed, and the new ones hold', async ({
    laptop,
    phone,
  }) => {
    const ada = newPerson();
    await signUp(laptop, ada);
    await signIn(phone, ada);
    await laptop.goto('/account');

    const profile = section(laptop, 'Profile');
    await profile.getByLabel('Name').fill('Ada of the Road');
    await press(laptop, 'Save profile');
    await expect(profile.getByLabel('Name')).toHaveValue('Ada of the Road');

    const moved = newPerson('Ada of the Road');
    const email = section(laptop, 'E-mail');
    await email.getByLabel('New e-mail').fill(moved.email);
    await email.getByLabel('Password', { exact: true }).fill('not the password');
    await press(laptop, 'Change e-mail');
    await expect(email.getByText('That password is incorrect.')).toBeVisible();
    await expect(email.getByLabel('New e-mail')).toHaveValue(moved.email);
    await email.getByLabel('Password', { exact: true }).fill(ada.password);
    await press(laptop, 'Change e-mail');
    await expect(laptop.getByText(moved.email)).toBeVisible();

    moved.password = 'another three warm words';
    const password = section(laptop, 'Password');
    await password.getByLabel('Current password').fill(ada.password);
    await password.getByLabel('New password', { exact: true }).fill(moved.password);
    await password.getByLabel('Confirm password').fill(moved.password);
    await press(laptop, 'Change password');
    await expectHeading(laptop, 'Your account');

    await phone.goto('/account');
    await expectHeading(phone, 'Sign in');
    await signIn(phone, moved);
  });

  test('a device is signed out from another, which asks for the password when that was long ago', async ({
    laptop,
    phone,
    shop,
  }) => {
    const ada = newPerson();
    await signUp(laptop, ada);
    await signIn(phone, ada);
    await phone.goto('/shop');
    shop.clock.advance(11 * minute);

    await laptop.goto('/devices');
    await press(laptop, 'Sign out other devices');
    await expectHeading(laptop, 'Confirm it’s you');
    await laptop.getByLabel('Password', { exact: true }).fill(ada.password);
    await press(laptop, 'Continue');
    await expectHeading(laptop, 'Your devices');
    await press(laptop, 'Sign out other devices');
    await expect(laptop.getByText('You’re not signed in anywhere else.')).toBeVisible();

    await phone.goto('/account');
    await expectHeading(phone, 'Sign in');
  });

  test('an account takes its data along and is gone', async ({ laptop }) => {
    const ada = newPerson();
    await signUp(laptop, ada);
    await laptop.goto('/account');
    const started = laptop.waitForEvent('download');
    await laptop.getByRole('link', { name: 'Download my data' }).click();
    const file = await readFile(await (await started).path(), 'utf8');
    expect(JSON.parse(file)).toMatchObject({ account: { name: ada.name, email: ada.email } });

    await section(laptop, 'Delete account')
      .getByLabel('Password', { exact: true })
      .fill(ada.password);
    await press(laptop, 'Delete my account');
    await expect(laptop.getByText('Your account is deleted.')).toBeVisible();
    await laptop.goto('/account');
    await expectHeading(laptop, 'Sign in');
  });
});

function section(page: Page, heading: string) {
  return page.getByRole('region', { name: heading, exact: true });
}
