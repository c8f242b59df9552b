import { defineConfig } from '@playwright/test';
import type { OfTheWorker } from './e2e/fixtures.ts';
import { chromiumPath } from './test/support/tools.ts';

/** Every story runs on both state stores. Each worker starts a shop of its own; see e2e/fixtures.ts. */
export default defineConfig<object, Pick<OfTheWorker, 'store'>>({
  testDir: 'e2e',
  testIgnore: process.env.PICTURES ? [] : '**/pictures.spec.ts',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  timeout: 60_000,
  forbidOnly: true,
  reporter: [['list']],
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
      // The store makes no difference to how pages look.
      testIgnore: /(accessibility|gallery|pictures)\.spec\.ts$/,
    },
  ],
});
