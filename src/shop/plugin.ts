import plugin from 'fastify-plugin';
import cart from './cart/plugin.ts';
import catalog from './catalog/plugin.ts';
import layout from './layout.ts';

/** Everything that makes this app a shop. A product of your own replaces this folder. */
export default plugin(
  async (app) => {
    await app.register(layout);
    await app.register(catalog);
    await app.register(cart);
  },
  { name: 'shop' },
);
