import plugin from 'fastify-plugin';
import { liveCart } from './live.ts';
import { cartRoutes } from './routes.ts';

/** The cart, for guests and users alike, and live on all their devices. */
export default plugin(
  async (app) => {
    await app.register(cartRoutes);
    await app.register(liveCart);
  },
  { name: 'cart', dependencies: ['metrics', 'state', 'database', 'csrf', 'views'] },
);
