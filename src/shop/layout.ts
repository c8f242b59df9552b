import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import type { FieldOnPage } from '../lib/forms/form.ts';
import { isolate } from '../lib/text/isolate.ts';
import { emptyCart, type UndoOffer } from '../store/contract/carts.ts';
import { addForm } from './cart/forms.ts';
import { formatMoney } from './money.ts';
import { countItems } from './priced-cart.ts';

declare module '../rendering/views.ts' {
  interface LayoutData {
    /** How many items are in the cart. */
    itemCount: number;
    /** The version of what the live parts of a page show. */
    version: number;
    undo: UndoOffer | null;
    /** Says that a guest's cart has joined the user's. The cart page says it in its own words. */
    joined: string | undefined;
    /** @param cents whole cents of the shop's currency */
    formatMoney(cents: number): string;
    productName(slug: string): string;
    newChangeId(): string;
    quantityField: FieldOnPage;
  }
}

const SLOGAN = 'Bags that carry well, and a cart that follows you.';

/** Puts the cart into the header of every page, and gives the shop's templates their functions. */
export default plugin(
  async (app) => {
    const productName = (slug: string) => isolate(app.products.find(slug)?.name ?? 'Something');

    app.addToLayout(({ request }, layout) => {
      const { session } = request as Partial<FastifyRequest>;
      const cart = session?.loaded?.cart ?? emptyCart;
      layout.slogan = SLOGAN;
      layout.home = '/shop';
      layout.itemCount = countItems(cart, app.products);
      layout.version = cart.version;
      layout.undo = cart.undo;
      layout.joined = layout.flash.joined?.[0];
      layout.formatMoney = formatMoney;
      layout.productName = productName;
      layout.newChangeId = randomUUID;
      layout.quantityField = addForm.fields.quantity;
    });
  },
  { name: 'shop-layout', dependencies: ['views', 'database', 'flash'] },
);
