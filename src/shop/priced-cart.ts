import type { Products } from '../database/products.ts';
import { cartLimits, type Cart, type CartNotice } from '../store/contract/carts.ts';
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
  return { code: 'gone', slug, message: 'We no longer sell something in your cart.' };
}

function describe(notice: CartNotice, products: Pick<Products, 'find'>): PricedNotice {
  const nameOf = (slug: string) => products.find(slug)?.name ?? 'a product that we no longer sell';
  return { ...notice, message: words(notice, nameOf) };
}

function words(notice: CartNotice, nameOf: (slug: string) => string): string {
  switch (notice.code) {
    case 'capped':
      return `You can have up to ${cartLimits.quantity} of each item, so ${nameOf(notice.slug)} is now ${cartLimits.quantity}.`;
    case 'full':
      return `A cart can hold up to ${cartLimits.lines} different items, so ${nameOf(notice.slug)} was not added.`;
    case 'merged': {
      const names = notice.slugs.map(nameOf);
      return `We added what was in this browser: ${new Intl.ListFormat('en').format(names)}.`;
    }
    case 'damaged':
      return 'We couldn’t read your cart, so it is empty now. We kept what was in it and will look into it.';
    case 'undone':
      return 'Undone.';
    case 'nothing-to-undo':
      return 'That can no longer be undone.';
  }
}
