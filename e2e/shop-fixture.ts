import { test as base } from '@playwright/test';
import { openShop, type Shop, type StoreName } from '../test/support/shop.ts';

export interface ShopOfTheWorker {
  /** The store of the shop. The project sets it. */
  store: StoreName;
  shop: Shop;
  origin: string;
}

/** Each worker has a shop that only its stories use. */
export const test = base.extend<object, ShopOfTheWorker>({
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
});
