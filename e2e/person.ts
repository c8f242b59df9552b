import { expect, type Locator, type Page } from '@playwright/test';
import catalogue from '../src/shop/catalog/products.json' with { type: 'json' };
import type { Person } from '../test/support/browser.ts';

/** What the page says while a change has no answer, and when it has arrived. */
export const WAITS =
  'We can’t reach the shop. Your change is kept and will be sent as soon as possible.';
export const BACK = 'Back online. Your change was saved.';

export { newPerson, type Person } from '../test/support/browser.ts';

export async function signUp(page: Page, person: Person): Promise<void> {
  await page.goto('/signup');
  await page.getByLabel('Name').fill(person.name);
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByLabel('Confirm password').fill(person.password);
  await press(page, 'Create account');
  await expectHeading(page, `Hello, ${person.name}`);
}

export async function signIn(page: Page, person: Person): Promise<void> {
  await page.goto('/login');
  await enterPassword(page, person);
  await expectHeading(page, `Hello, ${person.name}`);
}

/** Fills in and sends the form of the sign-in page, whatever page comes next. */
export async function enterPassword(page: Page, person: Omit<Person, 'name'>): Promise<void> {
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await press(page, 'Sign in');
}

export async function signOut(page: Page): Promise<void> {
  await press(page, 'Sign out');
  await expectHeading(page, 'Sign in');
}

export async function openProduct(page: Page, product: string): Promise<void> {
  const { slug } = catalogue.find(({ name }) => name === product)!;
  await page.goto(`/shop/${slug}`);
  await expectHeading(page, product);
}

/** With scripts the product page stays, without them the cart opens. At the end the cart is open in both cases. */
export async function addToCart(page: Page, product: string, quantity = 1): Promise<void> {
  await openProduct(page, product);
  const before = await countItems(page);
  await page.getByLabel('Quantity').fill(`${quantity}`);
  await press(page, 'Add to cart');
  await expectItems(page, before + quantity);
  await openCart(page);
  await expect(quantityOf(page, product)).toBeVisible();
}

export async function openCart(page: Page): Promise<void> {
  await cartLink(page).click();
  await expectHeading(page, 'Your cart');
}

/** Sets a quantity in the cart. */
export async function update(page: Page, product: string, quantity: number | string) {
  await quantityOf(page, product).fill(`${quantity}`);
  await press(page, `Update ${product}`);
}

export function press(page: Page, button: string): Promise<void> {
  return page.getByRole('button', { name: button, exact: true }).click();
}

/** The link in the header of every page. */
function cartLink(page: Page): Locator {
  return page.getByRole('link', { name: /^Cart \d+ items?$/ });
}

/** The quantity field of a product in the cart. */
export function quantityOf(page: Page, product: string): Locator {
  return page.getByLabel(`Quantity of ${product}`, { exact: true });
}

/** Expects the open cart to have exactly these lines, product -> quantity, and the header to have their sum. */
export async function expectCart(page: Page, lines: Record<string, number>): Promise<void> {
  const entries = Object.entries(lines);
  for (const [product, quantity] of entries) {
    await expect(quantityOf(page, product)).toHaveValue(`${quantity}`);
  }
  await expect(page.getByLabel(/^Quantity of /)).toHaveCount(entries.length);
  await expectItems(
    page,
    entries.reduce((sum, [, quantity]) => sum + quantity, 0),
  );
}

async function countItems(page: Page): Promise<number> {
  const text = await cartLink(page).innerText();
  return Number(/\d+/.exec(text)?.[0]);
}

/** The number beside the cart in the header of every page. */
export async function expectItems(page: Page, count: number): Promise<void> {
  const name = `Cart ${count} ${count === 1 ? 'item' : 'items'}`;
  await expect(page.getByRole('link', { name, exact: true })).toBeVisible();
}

export async function expectHeading(page: Page, text: string): Promise<void> {
  await expect(page.getByRole('heading', { level: 1, name: text, exact: true })).toBeVisible();
}

/** Expects this message in one of the two regions that scripts write to. */
export async function expectStatus(page: Page, text: string): Promise<void> {
  await expect(page.locator('#status, #spoken').filter({ hasText: text })).toHaveText(text);
}
