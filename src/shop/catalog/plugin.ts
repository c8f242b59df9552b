import plugin from 'fastify-plugin';
import { forEveryone } from '../../session/access.ts';
import catalogue from './products.json' with { type: 'json' };
import { prefetch } from './prefetch.ts';
import { productPage } from './product-page.ts';
import { shopPage } from './shop-page.ts';

/** The catalogue. It is open to everyone, and also works while the store is down. */
export default plugin(
  async (app) => {
    await app.products.seed(catalogue);
    await app.register(async (everyone) => {
      forEveryone(everyone);
      await everyone.register(shopPage);
      await everyone.register(productPage);
      await everyone.register(prefetch);
    });
  },
  { name: 'catalog', dependencies: ['database', 'views'] },
);
