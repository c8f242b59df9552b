import { expect } from '@playwright/test';
import { test as base } from '../shop-fixture.ts';
import { Device } from './device.ts';
import type { Engine, EngineName } from './engine.ts';
import { startFirefox } from './firefox.ts';
import { startWebKit } from './webkit.ts';

interface OfTheStory {
  laptop: Device;
  phone: Device;
  /** Opens another browser of the same person. */
  device: (width: number, height: number) => Promise<Device>;
  /** What the consoles may say in this story, because it causes it. */
  expectedTroubles: RegExp | undefined;
}

interface OfTheWorker {
  /** The project sets it. */
  engineName: EngineName;
  engine: Engine;
}

const starts: Record<EngineName, () => Promise<Engine>> = {
  firefox: startFirefox,
  webkit: startWebKit,
};

/** The same as in ../fixtures.ts, for engines that Playwright does not drive. */
export const test = base.extend<OfTheStory, OfTheWorker>({
  engineName: ['firefox', { option: true, scope: 'worker' }],
  engine: [
    async ({ engineName }, use) => {
      await using engine = await starts[engineName]();
      await use(engine);
    },
    { scope: 'worker' },
  ],

  expectedTroubles: [undefined, { option: true }],
  device: async ({ engine, origin, expectedTroubles }, use, story) => {
    const devices: Device[] = [];
    await use(async (width, height) => {
      const device = new Device(await engine.open(width, height), origin);
      devices.push(device);
      return device;
    });
    for (const device of devices) {
      if (story.status !== story.expectedStatus)
        await story.attach('screen', { body: await device.screenshot(), contentType: 'image/png' });
      const troubles = await device.close();
      expect(troubles.filter((trouble) => !expectedTroubles?.test(trouble))).toEqual([]);
    }
  },
  laptop: async ({ device }, use) => use(await device(1440, 900)),
  phone: async ({ device }, use) => use(await device(390, 844)),
});
