import { expect, type Locator } from '@playwright/test';
import catalogue from '../src/shop/catalog/products.json' with { type: 'json' };
import { test } from './fixtures.ts';
import { addToCart, expectStatus, update } from './person.ts';

/** What must not lie on each other, where there is the least room for it. */

test('on a phone, what the page says does not cover the way back', async ({ device }) => {
  const page = await device(390, 844);
  await addToCart(page, 'Field Satchel');
  const tab = await page.context().newPage();
  await tab.goto('/cart');
  await update(tab, 'Field Satchel', 99);
  await expectStatus(page, 'Field Satchel: quantity changed to 99.');
  await expectApart(page.locator('#status'), page.locator('.undo'));
});

test('on a phone, the way back does not cover the sum', async ({ device }) => {
  const page = await device(390, 844);
  await page.goto('/gallery/a-cart-after-removing');
  await expectApart(page.locator('.undo'), page.getByRole('region', { name: 'Order summary' }));
});

test('on a phone, what the page says does not cover what was pressed', async ({ device }) => {
  const page = await device(390, 844);
  await page.goto('/shop/field-satchel');
  const add = page.getByRole('button', { name: 'Add to cart' });
  await add.click();
  await expectStatus(page, 'Field Satchel added, 1 in your cart.');
  await expectApart(page.locator('#status'), add);
});

test('on a phone, taking a line out of a long cart leaves the next one where the eye is', async ({
  device,
}) => {
  const page = await device(390, 844);
  await page.goto('/shop');
  await page.evaluate(
    putIn,
    catalogue.slice(0, 14).map(({ slug }) => slug),
  );
  await page.goto('/cart');
  const lines = page.locator('.cart-line');
  await lines.nth(4).getByRole('button', { name: 'Remove' }).focus();
  const place = () => page.evaluate(() => window.scrollY);
  const before = await place();
  expect(before).toBeGreaterThan(0);
  await page.keyboard.press('Enter');
  await expect(page.locator('.undo')).toContainText('removed.');
  await expect(page.getByRole('button', { name: 'Undo' })).toBeFocused();
  expect(await place()).toBe(before);
});

test('on the narrowest phone, a cart of thousands stays beside the mark', async ({ device }) => {
  const page = await device(320, 640);
  await page.goto('/shop');
  await page.evaluate(() => (document.querySelector('.badge')!.textContent = '9900'));
  await expectApart(page.locator('.wordmark'), page.locator('.cart-link'));
});

for (const width of [320, 344, 360, 375, 390]) {
  const tag = width === 320 || width === 375 ? [] : '@thorough';
  test(
    `at ${width} px, "Remove" is beside the quantity in every line`,
    { tag },
    async ({ device }) => {
      const page = await device(width, 640);
      await page.goto('/gallery/a-cart-after-setting');
      for (const line of await page.locator('.cart-line').all()) {
        const controls = line.locator('.cart-line-tools').getByRole('button');
        const middles = await controls.evaluateAll((all) =>
          all
            .map((one) => one.getBoundingClientRect())
            .map(({ top, bottom }) => (top + bottom) / 2),
        );
        expect(middles).toHaveLength(4);
        expect(new Set(middles.map(Math.round)).size).toBe(1);
      }
    },
  );
}

test('the seam is mixed in sRGB, because Firefox draws other mixtures wrongly', async ({
  device,
}) => {
  const page = await device(390, 844);
  await page.goto('/gallery/a-product');
  await expect(page.locator('.site-header')).toHaveCSS('background-image', /90deg in srgb/);
});

for (const [entry, width, rows] of [
  ['the-shop', 320, 2],
  ['the-shop-signed-in', 320, 2],
  ['a-product-with-the-longest-name', 320, 2],
  ['a-product-with-the-longest-name', 390, 2],
  ['a-product-with-the-longest-name', 768, 1],
] as const) {
  test(`at ${width} px, the header of ${entry} has the links in one row`, async ({ device }) => {
    const page = await device(width, 640);
    await page.goto(`/gallery/${entry}`);
    const items = page.locator('.wordmark, .cart-link, .site-nav :is(a, button):visible');
    const middles = await items.evaluateAll((all) =>
      all.map((item) => item.getBoundingClientRect()).map(({ top, bottom }) => (top + bottom) / 2),
    );
    expect(new Set(middles.map(Math.round)).size).toBe(rows);
  });
}

test('with letters twice as large, the sum goes below the lines', async ({ device }) => {
  const page = await device(1280, 800);
  await addToCart(page, 'Field Satchel');
  const lines = page.locator('.cart-lines');
  const sum = page.getByRole('region', { name: 'Order summary' });
  expect((await box(sum)).y).toBe((await box(lines)).y);
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  await expect.poll(async () => (await box(sum)).y).toBeGreaterThan((await box(lines)).y);
});

async function box(part: Locator) {
  return (await part.boundingBox())!;
}

async function expectApart(one: Locator, other: Locator) {
  const [a, b] = [await box(one), await box(other)];
  const overlap =
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
  expect(overlap).toBe(false);
}

/** In the page. */
async function putIn(slugs: string[]): Promise<void> {
  for (const product of slugs) {
    await fetch('/cart/lines', {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams({ product, quantity: '1', change: crypto.randomUUID() }),
    });
  }
}
