import type { Products } from '../database/products.ts';
import { cartLimits, type Cart, type CartNotice } from '../state/contract.ts';
import { CURRENCY } from './money.ts';

export interface PricedLine {
  slug: string;
  name: string;
  quantity: number;
  /** In cents, as are all sums. */
  unitPrice: number;
  lineTotal: number;
}

export type PricedNotice = (CartNotice | { code: 'gone'; slug: string }) & { message: string };

/** What the cart page shows and the JSON answers. */
export interface PricedCart {
  version: number;
  lines: PricedLine[];
  count: number;
  subtotal: number;
  currency: string;
  notices: PricedNotice[];
}

/** Puts today's names and prices to the lines of a cart. A product that is gone becomes a notice. */
export function priceCart(cart: Cart, products: Pick<Products, 'find'>): PricedCart {
  const lines: PricedLine[] = [];
  const notices = cart.notices.map((notice) => describe(notice, products));

  for (const { slug, quantity } of cart.lines) {
    const product = products.find(slug);
    if (product) {
      const { name, price } = product;
      lines.push({ slug, name, quantity, unitPrice: price, lineTotal: price * quantity });
    } else {
      notices.push(goneNotice(slug));
    }
  }

  return {
    version: cart.version,
    lines,
    count: lines.reduce((sum, line) => sum + line.quantity, 0),
    subtotal: lines.reduce((sum, line) => sum + line.lineTotal, 0),
    currency: CURRENCY,
    notices,
  };
}

/** How many things are in the cart, for the badge: what `priceCart` would count, without the sums. */
export function countItems(cart: Cart, products: Pick<Products, 'find'>): number {
  return cart.lines.reduce(
    (sum, { slug, quantity }) => (products.find(slug) ? sum + quantity : sum),
    0,
  );
}

function goneNotice(slug: string): PricedNotice {
  return { code: 'gone', slug, message: 'Something in your cart is no longer sold.' };
}

function describe(notice: CartNotice, products: Pick<Products, 'find'>): PricedNotice {
  const nameOf = (slug: string) => products.find(slug)?.name ?? 'a product that is gone';
  return { ...notice, message: words(notice, nameOf) };
}

function words(notice: CartNotice, nameOf: (slug: string) => string): string {
  switch (notice.code) {
    case 'capped':
      return `We can sell you ${cartLimits.quantity} of one thing at most, so that is what we set for ${nameOf(notice.slug)}.`;
    case 'full':
      return `Your cart holds ${cartLimits.lines} different things at most, so ${nameOf(notice.slug)} did not fit.`;
    case 'merged': {
      const names = notice.slugs.map(nameOf);
      return `Added from this browser\u2019s cart: ${new Intl.ListFormat('en').format(names)}.`;
    }
    case 'damaged':
      return 'We could not read your cart, so it starts empty. We kept what was there and will look into it.';
    case 'undone':
      return 'Your cart is as it was before.';
    case 'nothing-to-undo':
      return 'There is nothing to undo any more.';
  }
}
