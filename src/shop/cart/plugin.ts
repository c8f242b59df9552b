import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { forEveryone } from '../../session/access.ts';
import { emptyCart, type Cart } from '../../store/contract/carts.ts';
import { ownerOf } from '../../store/contract/owner.ts';
import { cartPage } from './cart-page.ts';
import { changeCart } from './change-cart.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The cart of the visitor, as the store returned it with the session. */
    readonly cart: Cart;
  }
}

/** The cart, for guests and users. */
export default plugin(
  async (app) => {
    app.decorateRequest('cart', {
      getter(this: FastifyRequest) {
        return this.session.loaded?.cart ?? emptyCart;
      },
    });

    app.personalData.set('cart', {
      export: ({ cart: { version, lines } }) => ({ version, lines }),
      remove: (user) => app.store.carts.remove(ownerOf(user)),
    });

    await app.register(async (everyone) => {
      forEveryone(everyone);
      await everyone.register(cartPage);
      await everyone.register(changeCart);
    });
  },
  { name: 'cart', dependencies: ['store', 'database', 'csrf', 'views', 'personal-data'] },
);
