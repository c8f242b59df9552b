import type { Page } from '@playwright/test';
import { test } from './fixtures.ts';
import { addToCart, expectCart, newPerson, openCart, signIn, signUp } from './person.ts';

// The README's pictures: PICTURES=1 npx playwright test pictures

test('the shop', async ({ laptop }) => {
  await laptop.goto('/shop');
  await laptop.screenshot({ path: 'docs/shop.png' });
});

test('one cart on two devices', async ({ laptop, phone, browser }) => {
  const lines = { 'The Weekender': 1, 'Field Satchel': 2, 'Drizzle Umbrella': 1 };
  const ada = newPerson();
  await signUp(laptop, ada);
  for (const [product, quantity] of Object.entries(lines))
    await addToCart(laptop, product, quantity);
  await signIn(phone, ada);
  await Promise.all([laptop, phone].map(openCart));
  await Promise.all([laptop, phone].map((page) => expectCart(page, lines)));

  const viewport = { width: 1440 + 390 + 3 * 48, height: 900 + 2 * 48 };
  await using table = await browser.newContext({ viewport });
  const page = await table.newPage();
  await page.setContent(`
    <style>
      body { margin: 0; padding: 48px; display: flex; gap: 48px; align-items: end; background: #e6e0d6 }
      img { border-radius: 16px; box-shadow: 0 8px 32px #0003 }
    </style>
    ${await picture(laptop)} ${await picture(phone)}`);
  await page.screenshot({ path: 'docs/two-devices.png' });
});

async function picture(page: Page) {
  const png = await page.screenshot();
  return `<img alt="" src="data:image/png;base64,${png.toString('base64')}">`;
}
