import { expect } from '@playwright/test';
import { Browser, newPerson } from '../../test/support/browser.ts';
import { test } from '../shop-fixture.ts';
import { TextBrowser } from './text-browser.ts';

for (const name of ['lynx', 'w3m'] as const) {
  test(`${name}: signing in, and filling and changing a cart, in a terminal`, async ({
    shop,
    origin,
  }) => {
    // They fit in the fields as a terminal shows them.
    const ada = { ...newPerson(), email: `${name}@example.com`, password: 'three warm words' };
    const laptop = new Browser(shop);
    await laptop.signUp(ada);

    await using terminal = await TextBrowser.open(name, `${origin}/login`);
    await terminal.sees('Keep me signed in');
    await terminal.fill('E-mail', ada.email);
    await terminal.fill('Password', ada.password, '*'.repeat(ada.password.length));
    await terminal.press('Sign in');
    await terminal.sees(`Hello, ${ada.name}`);

    await terminal.press('Shop');
    await terminal.sees('Bags that carry well');
    await terminal.press('Field Satchel');
    await terminal.sees('Quantity');
    await terminal.press('Add to cart');
    await terminal.sees('Cart 1 item');
    await terminal.fill('Quantity of Field Satchel', '3');
    await terminal.press('Update Field Satchel');
    await terminal.sees('Cart 3 items');
    expect(await laptop.lines()).toEqual({ 'field-satchel': 3 });
    await terminal.press('Remove Field Satchel');
    await terminal.sees('Cart 0 items');
    await terminal.press('Undo');
    await terminal.sees('Cart 3 items');
    expect(await laptop.lines()).toEqual({ 'field-satchel': 3 });

    await terminal.press('Sign out');
    await terminal.sees('Keep me signed in');
  });
}
