import { expect } from '@playwright/test';
import { entries } from '../src/gallery/entries.ts';
import { test } from './fixtures.ts';
import { axeFindings, hiddenFocus, sidewaysOverflow, smallTargets } from './page-checks.ts';

for (const entry of entries.keys()) {
  test(`everyone can use ${entry}`, async ({ laptop }) => {
    await laptop.goto(`/gallery/${entry}`);
    expect.soft(await axeFindings(laptop), 'light, on a laptop').toEqual([]);

    await laptop.emulateMedia({ colorScheme: 'dark' });
    await laptop.setViewportSize({ width: 390, height: 844 });
    expect.soft(await axeFindings(laptop, ['color-contrast']), 'dark, on a phone').toEqual([]);
    expect.soft(await smallTargets(laptop), 'too small to press').toEqual([]);

    // 1280 px at 400 %.
    await laptop.setViewportSize({ width: 320, height: 256 });
    expect.soft(await sidewaysOverflow(laptop), 'scrolls sideways').toEqual([]);

    await laptop.emulateMedia({ forcedColors: 'active' });
    expect.soft(await hiddenFocus(laptop), 'no focus ring').toEqual([]);
  });
}

test('a page that nobody could use would be found out', async ({ laptop }) => {
  await laptop.setContent(`
    <style>* { outline: none !important } button { block-size: 20px; inline-size: 20px }</style>
    <p style="color: #ccc; background: #fff; inline-size: 2000px">Hard to read</p>
    <button aria-label="Small"></button>`);
  const found = (await axeFindings(laptop, ['color-contrast'])).map(({ id }) => id);

  expect(found).toEqual(['color-contrast']);
  expect(await smallTargets(laptop)).toEqual([expect.stringContaining('Small')]);
  expect(await sidewaysOverflow(laptop)).toEqual([expect.stringContaining('Hard to read')]);
  expect(await hiddenFocus(laptop)).toEqual([expect.stringContaining('Small')]);
});
