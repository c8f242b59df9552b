import { expect, type Page } from '@playwright/test';
import { entries } from '../src/gallery/entries.ts';
import { test as base, watch } from './fixtures.ts';
import {
  axeFindings,
  crampedText,
  hiddenFocus,
  sidewaysOverflow,
  smallTargets,
} from './page-checks.ts';
import { quantityOf } from './person.ts';

interface OfTheVisit {
  page: Page;
  troubles: string[];
}

/** One browser goes through the whole gallery: what it has loaded once it keeps. */
const test = base.extend<object, { visit: OfTheVisit }>({
  visit: [
    async ({ browser, origin }, use) => {
      await using context = await browser.newContext({ baseURL: origin, reducedMotion: 'reduce' });
      const troubles: string[] = [];
      watch(context, origin, troubles);
      await use({ page: await context.newPage(), troubles });
    },
    { scope: 'worker' },
  ],
  laptop: async ({ visit: { page, troubles } }, use) => {
    await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none', media: 'screen' });
    await page.setViewportSize({ width: 1440, height: 900 });
    await use(page);
    expect(troubles.splice(0)).toEqual([]);
  },
});

for (const entry of entries.keys()) {
  test(`everyone can use ${entry}`, async ({ laptop }) => {
    await laptop.goto(`/gallery/${entry}`);
    expect.soft(await axeFindings(laptop), 'light, on a laptop').toEqual([]);
    expect.soft(await crampedText(laptop, 'twice as large'), 'large on a laptop').toEqual([]);

    await laptop.emulateMedia({ colorScheme: 'dark' });
    await laptop.setViewportSize({ width: 390, height: 844 });
    expect.soft(await axeFindings(laptop, ['color-contrast']), 'dark, on a phone').toEqual([]);
    expect.soft(await smallTargets(laptop), 'too small to press').toEqual([]);
    expect.soft(await crampedText(laptop, 'twice as large'), 'large on a phone').toEqual([]);

    // 1280 px at 400 %.
    await laptop.setViewportSize({ width: 320, height: 256 });
    expect.soft(await sidewaysOverflow(laptop), 'scrolls sideways').toEqual([]);
    expect.soft(await crampedText(laptop, 'spaced'), 'text spaced out').toEqual([]);

    await laptop.emulateMedia({ forcedColors: 'active' });
    expect.soft(await hiddenFocus(laptop), 'no focus ring').toEqual([]);
  });
}

/** State of a page that only the script brings about -> how it marks it. */
const states: Record<string, (page: Page) => Promise<unknown>> = {
  'a change is on its way': (page) => page.locator('#cart').evaluate(busy),
  'the stream is away': (page) => page.locator('html').evaluate(reconnecting),
};

for (const [state, mark] of Object.entries(states)) {
  test(`everyone can read a cart while ${state}`, async ({ laptop }) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await laptop.emulateMedia({ colorScheme });
      await laptop.goto('/gallery/a-cart-after-adding');
      await mark(laptop);
      expect.soft(await axeFindings(laptop), colorScheme).toEqual([]);
    }
  });
}

test('a cart on paper is black on white, and says what it holds', async ({ laptop }) => {
  await laptop.goto('/gallery/a-cart-after-setting');
  await laptop.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const words = (await laptop.locator('body').innerText()).split(/\s*\n\s*/);
  expect(words).toEqual(
    [
      ['Satchel', 'Your cart'],
      ['The Weekender', '€289.50 each', 'Quantity of The Weekender', '€289.50'],
      ['Field Satchel', '€248.00 each', 'Quantity of Field Satchel', '€496.00'],
      ['Drizzle Umbrella', '€79.00 each', 'Quantity of Drizzle Umbrella', '€79.00'],
      ['Subtotal, 4 items', '€864.50'],
    ].flat(),
  );
  await expect(laptop.locator('html')).toHaveCSS('background-color', 'rgb(255, 255, 255)');
  await expect(laptop.locator('body')).toHaveCSS('color', 'rgb(0, 0, 0)');
  await expect(quantityOf(laptop, 'Field Satchel')).toHaveValue('2');
});

test('a page that nobody could use would be found out', async ({ laptop }) => {
  await laptop.goto('about:blank');
  await laptop.setContent(`
    <style>
      * { outline: none !important }
      button { block-size: 20px; inline-size: 20px }
      b, i { position: absolute; inset-block-start: 20rem }
    </style>
    <p style="color: #ccc; background: #fff; inline-size: 2000px">Hard to read</p>
    <b>Below</b> <i>Above</i>
    <button aria-label="Small"></button>`);
  const found = (await axeFindings(laptop, ['color-contrast'])).map(({ id }) => id);

  expect(found).toEqual(['color-contrast']);
  expect(await smallTargets(laptop)).toEqual([expect.stringContaining('Small')]);
  expect(await sidewaysOverflow(laptop)).toEqual([expect.stringContaining('Hard to read')]);
  expect(await crampedText(laptop, 'spaced')).toContain('Below / Above');
  expect(await hiddenFocus(laptop)).toEqual([expect.stringContaining('Small')]);
});

function busy(cart: Element): void {
  cart.setAttribute('aria-busy', 'true');
}

function reconnecting(root: Element): void {
  root.setAttribute('data-reconnecting', '');
}
