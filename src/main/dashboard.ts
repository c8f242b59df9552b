import type { FastifyPluginAsync } from 'fastify';
import { deviceName } from '../domain/device-name.ts';
import { priceCart } from '../domain/priced-cart.ts';

/** For users alone. Cart and devices came along with the session, so it asks the store for nothing more. */
export const dashboard: FastifyPluginAsync = async (app) => {
  app.get('/', { config: { devices: true } }, async (request, reply) => {
    const { cart, devices, session, sessionHash } = request;
    return reply.page('main/dashboard', {
      title: 'Dashboard',
      cart: priceCart(cart, app.products),
      devices: devices.toSorted((a, b) => b.seen - a.seen),
      here: sessionHash,
      nameOf: deviceName,
      variable: session.variables?.redis_test,
    });
  });
};
