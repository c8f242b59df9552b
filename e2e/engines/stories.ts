import { newPerson } from '../../test/support/browser.ts';
import { test } from './fixtures.ts';

test('a wrong password is named, and the right one signs in', async ({ laptop }) => {
  const ada = newPerson();
  await laptop.signUp(ada);
  await laptop.press('Sign out');
  await laptop.seesHeading('Sign in');

  await laptop.enterPassword({ ...ada, password: 'three cold words here' });
  await laptop.sees('There is a problem');
  await laptop.seesValue('E-mail', ada.email);
  await laptop.enterPassword(ada);
  await laptop.seesHeading(`Hello, ${ada.name}`);
});

test('a cart is filled, changed and emptied by scripts, and each change is undone', async ({
  phone,
}) => {
  await phone.openProduct('The Weekender');
  await phone.fill('Quantity', '2');
  await phone.press('Add to cart');
  await phone.seesItems(2);
  await phone.seesHeading('The Weekender');
  await phone.openProduct('Field Satchel');
  await phone.press('Add to cart');
  await phone.seesItems(3);
  await phone.openCart();
  await phone.seesCart({ 'The Weekender': 2, 'Field Satchel': 1 });

  await phone.press('Increase quantity of The Weekender');
  await phone.press('Increase quantity of The Weekender');
  await phone.seesCart({ 'The Weekender': 4, 'Field Satchel': 1 });
  await phone.fill('Quantity of The Weekender', '120');
  await phone.press('Update The Weekender');
  await phone.seesCart({ 'The Weekender': 99, 'Field Satchel': 1 });
  await phone.press('Undo');
  await phone.seesCart({ 'The Weekender': 4, 'Field Satchel': 1 });
  await phone.press('Remove Field Satchel');
  await phone.seesCart({ 'The Weekender': 4 });
  await phone.press('Undo');
  await phone.seesCart({ 'The Weekender': 4, 'Field Satchel': 1 });
  await phone.press('Empty cart');
  await phone.sees('Your cart is empty');
  await phone.press('Undo');
  await phone.seesCart({ 'The Weekender': 4, 'Field Satchel': 1 });
});

test('a cart that is filled on the laptop shows on the phone, live, and the other way round', async ({
  laptop,
  phone,
}) => {
  const ada = newPerson();
  await laptop.signUp(ada);
  await phone.openProduct('Drizzle Umbrella');
  await phone.press('Add to cart');
  await phone.seesItems(1);
  await phone.signIn(ada);
  await phone.openCart();
  await phone.seesCart({ 'Drizzle Umbrella': 1 });

  await laptop.openProduct('The Weekender');
  await laptop.press('Add to cart');
  await phone.seesCart({ 'Drizzle Umbrella': 1, 'The Weekender': 1 });
  await laptop.openCart();
  await phone.press('Increase quantity of The Weekender');
  await laptop.seesCart({ 'Drizzle Umbrella': 1, 'The Weekender': 2 });
  await phone.press('Remove Drizzle Umbrella');
  await laptop.seesCart({ 'The Weekender': 2 });
});

test('session variables are set, read and removed', async ({ laptop }) => {
  await laptop.signUp(newPerson());
  await laptop.goto('/session');
  await laptop.fill('Key', 'strap');
  await laptop.fill('Value optional', 'bridle leather');
  await laptop.press('Set');
  await laptop.sees('strap is set.');
  await laptop.fill('Key to get', 'strap');
  await laptop.press('Get');
  await laptop.sees('The server reads bridle leather');
  await laptop.fill('Key to pop', 'strap');
  await laptop.press('Pop');
  await laptop.sees('strap is removed.');
  await laptop.fill('Key to get', 'strap');
  await laptop.press('Get');
  await laptop.sees('The server reads nothing');
});

test('Back shows the cart as it is now', async ({ laptop }) => {
  await laptop.goto('/shop');
  await laptop.follow('Field Satchel');
  await laptop.seesHeading('Field Satchel');
  await laptop.press('Add to cart');
  await laptop.seesItems(1);
  await laptop.goBack();
  await laptop.seesHeading('Bags that carry well');
  await laptop.seesItems(1);
});

test('the page that is open is underlined in the header', async ({ laptop }) => {
  await laptop.goto('/shop');
  await laptop.seesStyle('Shop', 'text-decoration-line', 'underline');
  await laptop.seesStyle('Shop', 'text-decoration-style', 'dashed');
  await laptop.seesStyle('Sign in', 'text-decoration-line', 'none');
});

test.describe('the end of a session', () => {
  // Firefox says so when the shop answers 204, which tells an EventSource not to connect again.
  test.use({ expectedTroubles: /can’t establish a connection to the server at .+\/events/ });

  test('a laptop that is signed out from the phone says so at once', async ({ laptop, phone }) => {
    const ada = newPerson();
    await laptop.signUp(ada);
    await laptop.openProduct('The Weekender');
    await laptop.press('Add to cart');
    await laptop.seesItems(1);
    await laptop.openCart();

    await phone.signIn(ada);
    await phone.goto('/devices');
    await phone.press('Sign out other devices');
    await laptop.sees('You were signed out. Sign in again to continue.');
    await laptop.goto('/cart');
    await laptop.seesCart({});
    await phone.openCart();
    await phone.seesCart({ 'The Weekender': 1 });
  });
});

test.describe('a page into which something was put', () => {
  test.use({ expectedTroubles: /Content-Security-Policy.*img-src/ });

  test('loads nothing from another site', async ({ laptop }) => {
    await laptop.goto('/shop');
    await laptop.putPicture('https://elsewhere.example/bag.png');
    await laptop.seesTrouble(/img-src/);
  });
});
