import { defineConfig } from '@playwright/test';
import type { EngineName } from './e2e/engines/engine.ts';
import type { ShopOfTheWorker } from './e2e/shop-fixture.ts';
import { chromiumPath } from './test/support/tools.ts';

/**
 * All tests run on SQLite; those that depend on the store also run on Redis. Each worker starts a shop: see
 * e2e/shop-fixture.ts.
 */
export default defineConfig<object, Pick<ShopOfTheWorker, 'store'> & { engineName: EngineName }>({
  testDir: 'e2e',
  testIgnore: process.env.PICTURES ? [] : '**/pictures.spec.ts',
  // `npm run test:faults` tells the stories that take long.
  ...(process.env.THOROUGH ? { grep: /@thorough/ } : { grepInvert: /@thorough/ }),
  fullyParallel: true,
  workers: 3,
  retries: 0,
  timeout: 60_000,
  // It is long, because a busy machine must not make a test fail.
  expect: { timeout: 15_000 },
  forbidOnly: true,
  // test/support/named-tests.ts reads the results. Each run empties this folder, so the results are beside it.
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
      // In these stories the store makes a difference.
      testMatch: /(cart-follows|live|restart)\.spec\.ts$/,
      grepInvert: /without scripts|after sign-out/,
    },
    // Other engines tell a few stories. Each starts its browser once.
    ...(['firefox', 'webkit'] as const).map((engineName) => ({
      name: engineName,
      testMatch: 'engines/stories.ts',
      fullyParallel: false,
      use: { engineName },
    })),
    { name: 'terminal', testMatch: 'engines/text-browsers.ts' },
  ],
});
