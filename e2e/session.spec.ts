import { expect, type Locator, type Page } from '@playwright/test';
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
      variables(laptop)
        .getByRole('row')
        .filter({
          has: laptop.getByRole('rowheader', { name: key, exact: true }),
        });
    await expect(row('redis_test').getByRole('cell').first()).toHaveText(
      'This is a session variable.',
    );

    const key = laptop.getByLabel('Key', { exact: true });
    const value = laptop.getByLabel('Value');
    await key.fill('lining');
    await value.fill('<b>green</b> & "warm"');
    await press(laptop, 'Set');
    await expect(laptop.getByRole('status')).toHaveText('lining is set.');
    await expect(row('lining').getByRole('cell').first()).toHaveText('<b>green</b> & "warm"');

    await key.fill('1st');
    await value.fill('kept');
    await press(laptop, 'Set');
    await expect(key).toHaveAccessibleDescription(/Begin with a letter/);
    await expect(value).toHaveValue('kept');

    await phone.goto('/session');
    await enterPassword(phone, ada);
    await expect(variables(phone).getByRole('rowheader')).toHaveText(['redis_test']);

    await press(laptop, 'Remove lining');
    await expect(laptop.getByRole('status')).toHaveText('lining is removed.');
    await expect(row('lining')).toHaveCount(0);
    await press(laptop, 'Remove redis_test');
    await expect(laptop.getByText('No variables are set.')).toBeVisible();
    await laptop.getByRole('link', { name: 'Dashboard' }).click();
    await expect(laptop.getByText('redis_test = removed')).toBeVisible();
  });

  test('the verbs of the article: set, get and pop, and what becomes of it in the store', async ({
    laptop,
  }) => {
    await signUp(laptop, newPerson());
    await laptop.goto('/session');
    const answer = laptop.getByRole('status');
    const sealed = laptop.getByRole('list', { name: 'Sealed fields' });
    const flask = laptop.getByRole('region', { name: 'Flask-Session’s bytes as text' });

    await laptop.getByLabel('Key', { exact: true }).fill('strap');
    await laptop.getByLabel('Value').fill('bridle leather');
    await press(laptop, 'Set');
    await expect(sealed.getByText('variables.strap = "bridle leather"')).toBeVisible();
    await expect(flask).toContainText('strap·bridle leather');

    await laptop.getByLabel('Key to get').fill('strap');
    await press(laptop, 'Get');
    await expect(answer).toHaveText('The server reads bridle leather');
    await expect(laptop).toHaveURL('/session?get=strap');

    await laptop.getByLabel('Key to pop').fill('strap');
    await press(laptop, 'Pop');
    await expect(answer).toHaveText('strap is removed.');
    await expect(sealed.getByText('variables.strap')).toHaveCount(0);
    await expect(flask).not.toContainText('bridle leather');

    await laptop.getByLabel('Key to get').fill('strap');
    await press(laptop, 'Get');
    await expect(answer).toContainText('The server reads nothing');

    await laptop.getByLabel('Key to pop').fill('1st');
    await press(laptop, 'Pop');
    await expect(laptop.getByLabel('Key to pop')).toHaveAccessibleDescription(
      /Begin with a letter/,
    );
    await expect(laptop.getByLabel('Key to pop')).toHaveValue('1st');
  });
});

function variables(page: Page): Locator {
  return page.getByRole('table', { name: 'Variables that are set' });
}
