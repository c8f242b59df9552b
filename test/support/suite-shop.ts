import { after, before } from 'node:test';
import { openShop, type Shop, type StoreName } from './shop.ts';

/** Opens one shop for all tests of a suite. The tests must leave nothing behind that another test could see. */
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
