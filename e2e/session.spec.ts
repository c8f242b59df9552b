import { expect } from '@playwright/test';
import { test, withAndWithoutScripts } from './fixtures.ts';
import { enterPassword, expectHeading, newPerson, press, signOut, signUp } from './person.ts';

withAndWithoutScripts(() => {
  test('the session page asks a guest to sign in, and is there afterwards', async ({ laptop }) => {
    const ada = newPerson();
    await signUp(laptop, ada);
    await signOut(laptop);

    await laptop.goto('/session');
    await expectHeading(laptop, 'Sign in');
    // A mistake in between does not forget where we were going.
    await enterPassword(laptop, { ...ada, password: 'three cold words here' });
    await enterPassword(laptop, ada);
    await expectHeading(laptop, 'Session');
    await expect(laptop).toHaveURL('/session');
  });

  test('session variables are set, shown and removed, and stay on their own device', async ({
    laptop,
    phone,
  }) => {
    const ada = newPerson();
    await signUp(laptop, ada);
    await expect(laptop.getByText('This is a session variable.')).toBeVisible();

    await laptop.getByRole('link', { name: 'See the session' }).click();
    const row = (key: string) =>
      laptop.getByRole('row').filter({
        has: laptop.getByRole('rowheader', { name: key, exact: true }),
      });
    await expect(row('redis_test').getByRole('cell').first()).toHaveText(
      'This is a session variable.',
    );

    await laptop.getByLabel('Key').fill('lining');
    await laptop.getByLabel('Value').fill('<b>green</b> & "warm"');
    await press(laptop, 'Set');
    await expect(laptop.getByRole('status')).toHaveText('lining is set.');
    await expect(row('lining').getByRole('cell').first()).toHaveText('<b>green</b> & "warm"');

    await laptop.getByLabel('Key').fill('1st');
    await laptop.getByLabel('Value').fill('kept');
    await press(laptop, 'Set');
    await expect(laptop.getByLabel('Key')).toHaveAccessibleDescription(/Begin with a letter/);
    await expect(laptop.getByLabel('Value')).toHaveValue('kept');

    await phone.goto('/session');
    await enterPassword(phone, ada);
    await expect(phone.getByRole('rowheader')).toHaveText(['redis_test']);

    await press(laptop, 'Remove lining');
    await expect(laptop.getByRole('status')).toHaveText('lining is removed.');
    await expect(row('lining')).toHaveCount(0);
    await press(laptop, 'Remove redis_test');
    await expect(laptop.getByText('None yet. Set one below.')).toBeVisible();
    await laptop.getByRole('link', { name: 'Dashboard' }).click();
    await expect(laptop.getByText('redis_test = removed')).toBeVisible();
  });
});
