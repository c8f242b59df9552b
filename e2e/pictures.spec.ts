import type { Page } from '@playwright/test';
import { entries } from '../src/gallery/entries.ts';
import { test } from './fixtures.ts';
import { addToCart, expectCart, newPerson, openCart, signIn, signUp } from './person.ts';

// npm run pictures: the README's, and of every entry of the gallery one to look at.

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

for (const entry of entries.keys()) {
  test(entry, async ({ laptop }) => {
    await laptop.goto(`/gallery/${entry}`);
    for (const width of [390, 768, 1440]) {
      await laptop.setViewportSize({ width, height: 900 });
      for (const colorScheme of ['light', 'dark'] as const) {
        await laptop.emulateMedia({ colorScheme });
        const path = `test-results/gallery/${entry}-${width}-${colorScheme}.png`;
        await laptop.screenshot({ path, fullPage: true });
      }
    }
  });
}

async function picture(page: Page) {
  const png = await page.screenshot();
  return `<img alt="" src="data:image/png;base64,${png.toString('base64')}">`;
}
