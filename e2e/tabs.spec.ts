import { expect, type BrowserContext, type Page, type Request } from '@playwright/test';
import { test } from './fixtures.ts';
import {
  addToCart,
  expectItems,
  expectStatus,
  newPerson,
  openProduct,
  press,
  signIn,
  signUp,
  update,
} from './person.ts';

test('a browser has one stream, however many tabs; when its tab is closed, another takes over', async ({
  laptop,
  phone,
}) => {
  const streams = streamsOf(laptop.context());
  const ada = newPerson();
  await signUp(laptop, ada);
  await openProduct(laptop, 'The Weekender');
  const tab = await laptop.context().newPage();
  await openProduct(tab, 'Field Satchel');
  await signIn(phone, ada);
  await addToCart(phone, 'Corner Sling');
  await expectItems(laptop, 1);
  await expectItems(tab, 1);
  expect(streams.open()).toBe(1);

  const opened = streams.opened;
  await laptop.close();
  await expect.poll(() => streams.opened).toBe(opened + 1);
  await update(phone, 'Corner Sling', 2);
  await expectItems(tab, 2);
  expect(streams.opened).toBe(opened + 1);
});

test('a tab that opens while the cart changes elsewhere hears of it', async ({ laptop, phone }) => {
  const ada = newPerson();
  await signUp(laptop, ada);
  await openProduct(laptop, 'The Weekender');
  await signIn(phone, ada);
  const tab = await laptop.context().newPage();
  const scripts = await holdScripts(tab);
  await tab.goto('/shop', { waitUntil: 'commit' });
  await expectItems(tab, 0);
  await addToCart(phone, 'Corner Sling');
  await expectItems(laptop, 1);
  scripts.release();
  await expectItems(tab, 1);
});

test('the first thing in the cart shows in a tab that was a stranger’s', async ({ laptop }) => {
  const tab = await laptop.context().newPage();
  await tab.goto('/shop');
  await expectItems(tab, 0);
  await addToCart(laptop, 'The Weekender', 2);
  await expectItems(tab, 2);
  // From then on it is one of the guest's.
  await openProduct(laptop, 'Field Satchel');
  await press(laptop, 'Add to cart');
  await expectItems(tab, 3);
});

test('a tab that is out of sight for long gives its stream away, and catches up when it is back', async ({
  laptop,
  phone,
}) => {
  const streams = streamsOf(laptop.context());
  const ada = newPerson();
  await laptop.clock.install();
  await signUp(laptop, ada);
  await openProduct(laptop, 'The Weekender');
  await expect.poll(streams.open).toBe(1);

  await setHidden(laptop, true);
  await laptop.clock.fastForward('05:01');
  await expect.poll(streams.open).toBe(0);
  await signIn(phone, ada);
  await addToCart(phone, 'Corner Sling');
  await expectItems(laptop, 0);
  await setHidden(laptop, false);
  await expectItems(laptop, 1);
  expect(streams.open()).toBe(1);
});

test('a page in the back/forward cache holds no stream, hears nothing, and catches up when it is back', async ({
  laptop,
  phone,
}) => {
  const streams = streamsOf(laptop.context());
  const ada = newPerson();
  await signUp(laptop, ada);
  await openProduct(laptop, 'The Weekender');
  await expect.poll(streams.open).toBe(1);
  const tab = await laptop.context().newPage();
  await openProduct(tab, 'Field Satchel');
  await expect.poll(() => tab.evaluate(lengthOfLine)).toBe(2);
  // A browser keeps none of these pages, so they are only told that they go and come.
  const turn = (page: Page, event: 'pagehide' | 'pageshow') =>
    page.evaluate(`dispatchEvent(new PageTransitionEvent('${event}', { persisted: true }))`);

  // One that waits for its turn leaves the line.
  await turn(tab, 'pagehide');
  await expect.poll(() => tab.evaluate(lengthOfLine)).toBe(1);
  await turn(tab, 'pageshow');
  await expect.poll(() => tab.evaluate(lengthOfLine)).toBe(2);

  const { opened } = streams;
  await turn(laptop, 'pagehide');
  await expect.poll(() => streams.opened).toBe(opened + 1);
  expect(await tab.evaluate(lengthOfLine)).toBe(1);
  await signIn(phone, ada);
  await addToCart(phone, 'Corner Sling');
  await expectItems(tab, 1);
  await expectItems(laptop, 0);
  await turn(laptop, 'pageshow');
  await expectItems(laptop, 1);
  await expect.poll(() => tab.evaluate(lengthOfLine)).toBe(2);
  await tab.close();
  await expect.poll(() => streams.opened).toBe(opened + 2);
  await update(phone, 'Corner Sling', 2);
  await expectItems(laptop, 2);
});

/** What may bring a page back that heard nothing, its stream being out of reach. */
const returns: Record<
  string,
  [away: (page: Page) => Promise<void>, back: (page: Page) => Promise<void>]
> = {
  'is seen again': [(page) => setHidden(page, true), (page) => setHidden(page, false)],
  'has a network again': [
    (page) => page.context().setOffline(true),
    (page) => page.context().setOffline(false),
  ],
};

for (const [event, [away, back]] of Object.entries(returns)) {
  test(`a page that ${event} looks for itself, without waiting for its stream`, async ({
    laptop,
    phone,
  }) => {
    const ada = newPerson();
    await signUp(laptop, ada);
    await laptop.route('/events', (route) => route.abort());
    await openProduct(laptop, 'The Weekender');
    await expect(laptop.locator('html')).toHaveAttribute('data-reconnecting');
    await signIn(phone, ada);
    await away(laptop);
    await addToCart(phone, 'Corner Sling');
    await expectItems(laptop, 0);
    await back(laptop);
    await expectItems(laptop, 1);
    await expectStatus(laptop, 'Your cart was changed.');
  });
}

test('a page whose stream breaks off shows that quietly, and is live again by itself', async ({
  laptop,
  phone,
}) => {
  const ada = newPerson();
  await signUp(laptop, ada);
  await laptop.route('/events', (route) => route.abort());
  await openProduct(laptop, 'The Weekender');
  const page = laptop.locator('html');
  await expect(page).toHaveAttribute('data-reconnecting');
  await laptop.unroute('/events');
  await expect(page).not.toHaveAttribute('data-reconnecting', { timeout: 10_000 });
  await signIn(phone, ada);
  await addToCart(phone, 'Corner Sling');
  await expectItems(laptop, 1);
});

/** A browser for tests shows every tab, so this one only says that it is out of sight. */
async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate(`
    Object.defineProperty(document, 'hidden', { configurable: true, value: ${hidden} });
    document.dispatchEvent(new Event('visibilitychange'));
  `);
}

/** The page is shown, and its script comes when it is released. */
async function holdScripts(page: Page) {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await page.route('/assets/*.js', async (route) => {
    await released;
    await route.continue();
  });
  return { release };
}

/** In the page: how many tabs have the stream or wait for it. */
async function lengthOfLine(): Promise<number> {
  const { held, pending } = await navigator.locks.query();
  return held!.length + pending!.length;
}

/** Counts the streams of a browser from now on. */
function streamsOf(context: BrowserContext) {
  let ended = 0;
  const streams = { opened: 0, open: () => streams.opened - ended };
  const isStream = (request: Request) => new URL(request.url()).pathname === '/events';
  const end = (request: Request) => (ended += Number(isStream(request)));
  context.on('request', (request) => (streams.opened += Number(isStream(request))));
  context.on('requestfinished', end);
  context.on('requestfailed', end);
  return streams;
}
