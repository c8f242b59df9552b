import type { FastifyPluginAsync } from 'fastify';
import { deviceName } from '../lib/device-name.ts';
import { priceCart, type PricedCart } from '../shop/priced-cart.ts'; // shop
import type { Device } from '../store/contract/sessions.ts';

declare module '../rendering/views.ts' {
  interface Views {
    'main/dashboard': {
      cart: PricedCart; // shop
      devices: Device[];
      /** The id of the device that shows the page. */
      here: string;
      deviceName(device: Device): string;
      /** The session variable of the article; undefined when it was removed. */
      variable: string | undefined;
    };
  }
}

/** The start page of a user. Everything on it was loaded with the session. */
// docs: route
export const dashboard: FastifyPluginAsync = async (app) => {
  app.get('/', { config: { devices: true } }, async (request, reply) => {
    const { devices, session, sessionHash } = request;
    return reply.page('main/dashboard', {
      title: 'Dashboard: you are logged in',
      cart: priceCart(request.cart, app.products), // shop
      devices: devices.toSorted((a, b) => b.seen - a.seen),
      here: sessionHash,
      deviceName,
      variable: session.variables?.redis_test,
    });
  });
};
// docs: end
