import { expect, type Page } from '@playwright/test';
import { Redis } from 'ioredis';
import { errorAnswers } from '../src/http/error-answers.ts';
import type { RedisServer } from '../test/support/redis-server.ts';
import { test } from './fixtures.ts';
import {
  addToCart,
  BACK,
  WAITS,
  expectCart,
  expectHeading,
  expectItems,
  expectStatus,
  newPerson,
  openProduct,
  press,
  signUp,
} from './person.ts';

// The other store is a file, which does not go away.
test.use({ store: 'redis', expectedTroubles: /^503 for \/(cart|events)/ });

test('an open page shows the older cart when a backup of the store was restored', async ({
  laptop,
  shop,
}) => {
  await signUpWithTwoWeekenders(laptop);
  await laptop.goto('/cart');
  const backup = await takeBackup(shop.redis!);
  for (let quantity = 3; quantity <= 5; quantity += 1) {
    await press(laptop, 'Increase quantity of The Weekender');
    await expectCart(laptop, { 'The Weekender': quantity });
  }

  await backup.restore();
  await shop.redis!.kill();
  await shop.redis!.start();
  await expectCart(laptop, { 'The Weekender': 2 });
  await press(laptop, 'Increase quantity of The Weekender');
  await expectCart(laptop, { 'The Weekender': 3 });
});

test('while the store is out of reach, a page that takes over the stream signs nobody out', async ({
  laptop,
  shop,
}) => {
  await signUpWithTwoWeekenders(laptop);
  const tab = await laptop.context().newPage();
  await tab.goto('/cart');
  shop.redis!.pause();
  const looked = tab.waitForResponse('/cart');
  await laptop.close();
  await looked;
  // It asks for the stream again, as nobody would who was signed out.
  await tab.waitForResponse('/events');
  await expect(tab.locator('.signed-out')).toHaveCount(0);

  shop.redis!.resume();
  await press(tab, 'Increase quantity of The Weekender');
  await expectCart(tab, { 'The Weekender': 3 });
});

test('while the store is out of reach, a page that looks again stays as it is, and what waits there is sent later', async ({
  laptop,
  shop,
}) => {
  await signUpWithTwoWeekenders(laptop);
  await openProduct(laptop, 'Field Satchel');
  let loads = 0;
  laptop.on('domcontentloaded', () => (loads += 1));
  shop.redis!.pause();
  await press(laptop, 'Add to cart');
  await expectStatus(laptop, WAITS);
  for (const [target, event] of [
    ['document', 'visibilitychange'],
    ['window', 'online'],
  ]) {
    const looked = laptop.waitForResponse('/shop/field-satchel');
    await laptop.evaluate(`${target}.dispatchEvent(new Event('${event}'))`);
    await looked;
  }
  await expectItems(laptop, 3);

  shop.redis!.resume();
  await expectStatus(laptop, BACK);
  await expectItems(laptop, 3);
  expect(loads).toBe(0);
});

test('a page that was made during an outage loads again when the store is back, and sends what was pressed before and on it', async ({
  laptop,
  shop,
}) => {
  await signUpWithTwoWeekenders(laptop);
  const tab = await laptop.context().newPage();
  await openProduct(laptop, 'Field Satchel');
  shop.redis!.pause();
  await press(laptop, 'Add to cart');
  await expectStatus(laptop, WAITS);
  await laptop.reload();
  await expect(laptop.locator('.outage')).toBeVisible();
  await expectStatus(laptop, WAITS);
  // It has no token, so what it sent would be refused once the store is back.
  const sent: string[] = [];
  laptop.on('request', (request) => sent.push(request.method()));
  await press(laptop, 'Add to cart');
  // Nobody knows how many are in the cart.
  await expect(laptop.getByRole('link', { name: 'Cart', exact: true })).toBeVisible();
  await expectStatus(laptop, WAITS);
  expect(sent).not.toContain('POST');
  await tab.goto('/cart');
  await expectHeading(tab, errorAnswers.unavailable.title);

  shop.redis!.resume();
  await expectStatus(laptop, BACK);
  await expect(laptop.locator('.outage')).toHaveCount(0);
  await expectItems(laptop, 4);
  await expectHeading(laptop, 'Field Satchel');
  await expectHeading(tab, 'Your cart');
  await expectCart(tab, { 'The Weekender': 2, 'Field Satchel': 2 });
});

async function signUpWithTwoWeekenders(page: Page): Promise<void> {
  await signUp(page, newPerson());
  await addToCart(page, 'The Weekender', 2);
}

/** All carts of a Redis, as a backup has them. */
async function takeBackup({ url }: RedisServer) {
  const client = new Redis(url);
  const keys = await client.keys('cart:*');
  const dumps = await Promise.all(keys.map((key) => client.dumpBuffer(key)));
  return {
    async restore() {
      for (const [index, key] of keys.entries()) {
        await client.restore(key, 3_600_000, dumps[index]!, 'REPLACE');
      }
      client.disconnect();
    },
  };
}
