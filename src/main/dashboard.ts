import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
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

/** How many devices the page shows: those that were seen last. /devices shows all. */
const MOST_SHOWN = 5;

/** The start page of a user. Everything on it was loaded with the session. */
// docs: route
export const dashboard: FastifyPluginAsync = async (app) => {
  app.get('/', { config: { devices: MOST_SHOWN } }, async (request, reply) => {
    const { session, sessionHash } = request;
    return reply.page('main/dashboard', {
      title: 'Dashboard: you are logged in',
      cart: priceCart(request.cart, app.products), // shop
      devices: devicesShown(request),
      here: sessionHash,
      deviceName,
      variable: session.variables?.redis_test,
    });
  });
};
// docs: end

/** This device is among them, also when many others were seen later. */
function devicesShown({ devices, session, sessionHash, server }: FastifyRequest): Device[] {
  if (!session.device || devices.some(({ id }) => id === sessionHash)) return devices;
  const here = { ...session.device, id: sessionHash, seen: server.clock() };
  return [here, ...devices.slice(0, MOST_SHOWN - 1)];
}
