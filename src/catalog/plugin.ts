import plugin from 'fastify-plugin';
import catalogue from './products.json' with { type: 'json' };
import { productPage } from './product-page.ts';
import { shop } from './shop.ts';

/** What there is to buy. Open to everyone, and while the state store is down. */
export default plugin(
  async (app) => {
    app.products.seed(catalogue);
    await app.register(shop);
    await app.register(productPage);
  },
  { name: 'catalog', dependencies: ['database', 'views'] },
);
