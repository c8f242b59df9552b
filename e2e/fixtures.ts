import { expect, test as base, type BrowserContext, type Page } from '@playwright/test';
import { openShop, type Shop, type StoreName } from '../test/support/shop.ts';

interface OfTheStory {
  laptop: Page;
  phone: Page;
  /** Opens another browser of theirs. All are watched: see `watch`. */
  device: (width: number, height: number) => Promise<Page>;
  /** Set to false with test.use() for people without JavaScript. */
  scripts: boolean;
  /** The troubles that are right in this story, since it makes the fault they come of: `503 for /events`. */
  rightTroubles: RegExp | undefined;
}

export interface OfTheWorker {
  /** Which state store the shop has; set by the project. */
  store: StoreName;
  shop: Shop;
  origin: string;
}

/** `laptop` and `phone`: two browsers of one person, on a shop that this worker alone uses. */
export const test = base.extend<OfTheStory, OfTheWorker>({
  scripts: [true, { option: true }],
  rightTroubles: [undefined, { option: true }],

  store: ['sqlite', { option: true, scope: 'worker' }],
  shop: [
    async ({ store }, use) => {
      await using shop = await openShop(store);
      await use(shop);
    },
    { scope: 'worker' },
  ],
  origin: [
    async ({ shop }, use) => {
      await use(await shop.app.listen({ host: '127.0.0.1', port: 0 }));
    },
    { scope: 'worker' },
  ],

  device: async ({ browser, origin, scripts, rightTroubles }, use) => {
    await using contexts = new AsyncDisposableStack();
    const troubles: string[] = [];
    await use(async (width, height) => {
      const context = contexts.adopt(
        await browser.newContext({
          baseURL: origin,
          javaScriptEnabled: scripts,
          viewport: { width, height },
          reducedMotion: 'reduce',
        }),
        close,
      );
      watch(context, origin, troubles);
      return context.newPage();
    });
    expect(troubles.filter((trouble) => !rightTroubles?.test(trouble))).toEqual([]);
  },
  laptop: async ({ device }, use) => use(await device(1440, 900)),
  phone: async ({ device }, use) => use(await device(390, 844)),
});

/** Tells the same stories twice: what a shopper does must not need JavaScript. */
export function withAndWithoutScripts(tell: () => void): void {
  for (const scripts of [true, false]) {
    test.describe(scripts ? 'with scripts' : 'without scripts', () => {
      test.use({ scripts });
      tell();
    });
  }
}

/**
 * Chromium does not close a page that listens for its end and is just then loading anew, as ours do when somebody else
 * signs in. So each goes where nothing listens; a load that was under way may come in between, once.
 */
async function close(context: BrowserContext): Promise<void> {
  const leave = (page: Page) => page.goto('about:blank');
  await Promise.all(context.pages().map((page) => leave(page).catch(() => leave(page))));
  await context.close();
}

/** Notes what no page may cause: a complaint in the console (the CSP's too), a broken answer, a request elsewhere. */
export function watch(context: BrowserContext, origin: string, troubles: string[]): void {
  context.on('console', (message) => {
    // Chromium says this of every answer from 400 on, a form with a mistake included. Told apart below.
    if (message.text().startsWith('Failed to load resource')) return;
    if (['error', 'warning'].includes(message.type())) {
      troubles.push(`${message.location().url} says: ${message.text()}`);
    }
  });
  context.on('weberror', (error) => troubles.push(`Uncaught: ${error.error().stack}`));
  context.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) troubles.push(`Asks elsewhere: ${request.url()}`);
  });
  context.on('response', (response) => {
    // What somebody sends may be refused, and what they type may not exist; what a page asks for by itself must.
    const request = response.request();
    const mayBeRefused = request.isNavigationRequest() || request.method() === 'POST';
    const worst = mayBeRefused ? 499 : 399;
    if (response.status() <= worst) return;
    troubles.push(`${response.status()} for ${response.url().slice(origin.length)}`);
  });
}
