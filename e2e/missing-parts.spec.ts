import { expect } from '@playwright/test';
import { freePort } from '../test/support/redis-server.ts';
import { openShop } from '../test/support/shop.ts';
import { test } from './fixtures.ts';
import { addToCart, expectCart, expectItems, openCart, openProduct, press } from './person.ts';

/** A browser that lacks a part -> a script that takes this part away before a page loads. */
const missing: Record<string, string> = {
  'crypto.randomUUID': 'delete Crypto.prototype.randomUUID',
  'Web Locks': 'delete Navigator.prototype.locks',
  'Web Locks that work': 'LockManager.prototype.request = () => { throw new Error("no locks") }',
  'AbortSignal.timeout': 'delete AbortSignal.timeout',
  'AbortSignal.any': 'delete AbortSignal.any',
  fetch: 'delete window.fetch',
  'a fetch that works': 'window.fetch = () => { throw new Error("no fetch") }',
  'storage with room': 'Storage.prototype.setItem = () => { throw new Error("full") }',
  'storage that can be read': 'Storage.prototype.getItem = () => { throw new Error("shut") }',
  'storage at all': `for (const name of ['localStorage', 'sessionStorage'])
    Object.defineProperty(window, name, { get() { throw new Error('forbidden') } })`,
  'storage that is more than null': `for (const name of ['localStorage', 'sessionStorage'])
    Object.defineProperty(window, name, { value: null })`,
  'storage that it wrote itself':
    "if (isSecureContext) sessionStorage.setItem('satchel-changes', 'rubbish')",
  EventSource: 'delete window.EventSource',
  BroadcastChannel: 'delete window.BroadcastChannel',
  structuredClone: 'delete window.structuredClone',
  'SubmitEvent.submitter': 'delete SubmitEvent.prototype.submitter',
  requestSubmit: 'delete HTMLFormElement.prototype.requestSubmit',
  'form data with its button': `window.FormData = class extends FormData {
    constructor(form) { super(form) }
  }`,
  reportError: 'delete window.reportError',
};

/** The parts that browsers in use lack. The others are tried by `npm run test:faults`. */
const lackedInUse = new Set([
  'crypto.randomUUID',
  'Web Locks',
  'AbortSignal.timeout',
  'storage with room',
  'storage at all',
  'SubmitEvent.submitter',
]);

test.describe('a press reaches the cart', () => {
  for (const [part, takeAway] of Object.entries(missing)) {
    const tag = lackedInUse.has(part) ? [] : '@thorough';
    test(`in a browser without ${part}`, { tag }, async ({ laptop }) => {
      await laptop.addInitScript(takeAway);
      await openProduct(laptop, 'Field Satchel');
      const sent = laptop.waitForRequest(isChange);
      await press(laptop, 'Add to cart');
      await sent;
      await expectItems(laptop, 1);
      // The number may be a promise of the script. Another page has the number of the shop.
      await openCart(laptop);
      await expectCart(laptop, { 'Field Satchel': 1 });
      await press(laptop, 'Increase quantity of Field Satchel');
      await expectCart(laptop, { 'Field Satchel': 2 });
      await press(laptop, 'Remove Field Satchel');
      await expectCart(laptop, {});
      await laptop.reload();
      await expectCart(laptop, {});
    });
  }
});

test.describe('a part of the script that cannot start', () => {
  test.use({ expectedTroubles: /^Uncaught: Error: broken/ });

  test('keeps no other part from its work', async ({ laptop }) => {
    await laptop.addInitScript(
      "window.BroadcastChannel = class { constructor() { throw new Error('broken') } }",
    );
    await laptop.goto('/signup');
    await expect(laptop.getByRole('button', { name: 'Show password' }).first()).toBeVisible();
  });
});

test.describe('at a name of the home network, without TLS', () => {
  test('nothing is announced that was not sent, and the cart is live', async ({ playwright }) => {
    const port = await freePort();
    const origin = `http://shop.test:${port}`;
    await using shop = await openShop('sqlite', { PUBLIC_URL: origin });
    await shop.app.listen({ host: '127.0.0.1', port });
    const { launchOptions } = test.info().project.use;
    const browser = await playwright.chromium.launch({
      ...launchOptions,
      args: [...(launchOptions?.args ?? []), '--host-resolver-rules=MAP shop.test 127.0.0.1'],
    });
    const context = await browser.newContext({ baseURL: origin });
    const page = await context.newPage();
    expect(await page.goto('/shop').then(() => page.evaluate('isSecureContext'))).toBe(false);
    await addToCart(page, 'Field Satchel');
    const tab = await context.newPage();
    await tab.goto('/cart');
    await expectCart(tab, { 'Field Satchel': 1 });
    await addToCart(page, 'Field Satchel', 2);
    await expectCart(tab, { 'Field Satchel': 3 });
    await browser.close();
  });
});

function isChange(request: { method(): string; url(): string }): boolean {
  return request.method() === 'POST' && request.url().includes('/cart/');
}
