import { defineConfig } from '@playwright/test';
import type { OfTheWorker } from './e2e/fixtures.ts';
import { chromiumPath } from './test/support/tools.ts';

/** What the store has a part in runs on both. Each worker starts a shop of its own; see e2e/fixtures.ts. */
export default defineConfig<object, Pick<OfTheWorker, 'store'>>({
  testDir: 'e2e',
  testIgnore: process.env.PICTURES ? [] : '**/pictures.spec.ts',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  timeout: 60_000,
  // A machine that is busy with other things is no reason to fail.
  expect: { timeout: 15_000 },
  forbidOnly: true,
  // The outcome is kept for test/support/named-tests.ts, beside the folder that each run empties.
  outputDir: 'test-results/e2e',
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: {
    browserName: 'chromium',
    launchOptions: {
      executablePath: chromiumPath,
      chromiumSandbox: process.getuid?.() !== 0,
      args: [
        '--disable-gpu',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
  projects: [
    { name: 'sqlite', use: { store: 'sqlite' } },
    {
      name: 'redis',
      use: { store: 'redis' },
      // The store makes no difference to how pages look, nor to what a browser makes of them, with scripts or without;
      // test/ has both throughout.
      grepInvert: [/without scripts/, /signing in|new user|after sign-out|signed out from/],
      testIgnore:
        /(accessibility|account|attacks|gallery|mistakes|narrow|outage|pictures|search|session|shopping|steppers|tabs|transfer|waiting)\.spec\.ts$/,
    },
  ],
});
