import { after, before } from 'node:test';
import { openShop, type Shop, type StoreName } from './shop.ts';

/** One shop for all tests of a suite: for tests that leave nothing which another would see. */
export function shopOfSuite(
  store: StoreName,
  settings: NodeJS.ProcessEnv = {},
): Pick<Shop, 'app' | 'clock' | 'redis'> {
  let shop: Shop;
  before(async () => {
    shop = await openShop(store, settings);
  });
  after(() => shop[Symbol.asyncDispose]());

  return {
    get app() {
      return shop.app;
    },
    get clock() {
      return shop.clock;
    },
    get redis() {
      return shop.redis;
    },
  };
}
