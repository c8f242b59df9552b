import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { FieldErrors } from '../../lib/problem.ts';
import { priceCart, type PricedCart } from '../priced-cart.ts';

declare module '../../rendering/views.ts' {
  interface Views {
    'shop/cart': {
      cart: PricedCart;
      errors: FieldErrors;
      /** The line whose quantity was wrong, with what was entered. */
      wrong: { slug?: string; quantity?: unknown };
    };
  }
}

/** Shows the cart, as a page or as JSON. */
export const cartPage: FastifyPluginAsync = async (app) => {
  app.get('/cart', async (request, reply) => {
    if (!request.wantsJson) return showCart(reply);
    return sendCart(reply, priceCart(request.cart, app.products));
  });
};

interface Refused {
  cart?: PricedCart;
  errors?: FieldErrors;
  wrong?: { slug?: string; quantity?: unknown };
}

/** Shows the cart page. A message is shown beside the quantity of a line, or at the top when it is about no line. */
export function showCart(reply: FastifyReply, { cart, errors = {}, wrong = {} }: Refused = {}) {
  const { request } = reply;
  return reply.page('shop/cart', {
    title: 'Your cart',
    cart: cart ?? priceCart(request.cart, request.server.products),
    errors,
    wrong,
  });
}

/** Answers the cart as JSON. */
export function sendCart(reply: FastifyReply, cart: PricedCart) {
  return reply.header('cache-control', 'no-store').send(cart);
}
