import plugin from 'fastify-plugin';
import catalogue from './products.json' with { type: 'json' };
import { prefetch } from './prefetch.ts';
import { productPage } from './product-page.ts';
import { shop } from './shop.ts';

/** What there is to buy. Open to everyone, and while the state store is down. */
export default plugin(
  async (app) => {
    app.products.seed(catalogue);
    await app.register(shop);
    await app.register(productPage);
    await app.register(prefetch);
  },
  { name: 'catalog', dependencies: ['database', 'views'] },
);
