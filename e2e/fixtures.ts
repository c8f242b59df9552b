import { expect, type BrowserContext, type Page } from '@playwright/test';
import { test as base } from './shop-fixture.ts';

interface OfTheStory {
  laptop: Page;
  phone: Page;
  /** Opens another browser of the same person. All browsers are watched: see `watch`. */
  device: (width: number, height: number) => Promise<Page>;
  /** A story for people without JavaScript sets it to false with test.use(). */
  scripts: boolean;
  /** The troubles that this story expects, because it causes the fault: `503 for /events`. */
  expectedTroubles: RegExp | undefined;
}

/** `laptop` and `phone` are two browsers of one person, on the shop of their worker. */
export const test = base.extend<OfTheStory>({
  scripts: [true, { option: true }],
  expectedTroubles: [undefined, { option: true }],

  device: async ({ browser, origin, scripts, expectedTroubles }, use) => {
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
    expect(troubles.filter((trouble) => !expectedTroubles?.test(trouble))).toEqual([]);
  },
  laptop: async ({ device }, use) => use(await device(1440, 900)),
  phone: async ({ device }, use) => use(await device(390, 844)),
});

/** Tells the same stories twice, because a person must be able to do everything without JavaScript. */
export function withAndWithoutScripts(tell: () => void): void {
  for (const scripts of [true, false]) {
    test.describe(scripts ? 'with scripts' : 'without scripts', () => {
      test.use({ scripts });
      tell();
    });
  }
}

/**
 * Chromium does not close a page that listens to `pagehide` and is being reloaded, as our pages are when somebody else
 * signs in. So each page goes to about:blank first. A load that was running may interrupt that once.
 */
async function close(context: BrowserContext): Promise<void> {
  const leave = (page: Page) => page.goto('about:blank');
  await Promise.all(context.pages().map((page) => leave(page).catch(() => leave(page))));
  await context.close();
}

/** Notes what no page may cause: an error in the console (also by the CSP), a failed answer, a foreign request. */
export function watch(context: BrowserContext, origin: string, troubles: string[]): void {
  context.on('console', (message) => {
    // Chromium logs this for every status from 400 on, also for a form with a mistake. The response is checked below.
    if (message.text().startsWith('Failed to load resource')) return;
    if (['error', 'warning'].includes(message.type())) {
      troubles.push(`${message.location().url} says: ${message.text()}`);
    }
  });
  context.on('weberror', (error) => troubles.push(`Uncaught: ${error.error().stack}`));
  context.on('request', (request) => {
    if (new URL(request.url()).origin !== origin)
      troubles.push(`Requests another site: ${request.url()}`);
  });
  context.on('response', (response) => {
    // A form may be refused, and an address may not exist. What a page requests by itself must work.
    const request = response.request();
    const mayBeRefused = request.isNavigationRequest() || request.method() === 'POST';
    const worst = mayBeRefused ? 499 : 399;
    if (response.status() <= worst) return;
    troubles.push(`${response.status()} for ${response.url().slice(origin.length)}`);
  });
}
