import type { Products } from '../database/products.ts';
import { isolate } from '../lib/text/isolate.ts';
import { cartLimits, type Cart, type CartNotice } from '../store/contract/carts.ts';
import { CURRENCY } from './money.ts';

export interface PricedLine {
  slug: string;
  name: string;
  quantity: number;
  /** In cents, like all amounts here. */
  unitPrice: number;
  lineTotal: number;
}

export type PricedNotice = (CartNotice | { code: 'gone'; slug: string }) & { message: string };

/** A cart with names and prices, as the cart page shows it and as it is answered in JSON. */
export interface PricedCart {
  version: number;
  lines: PricedLine[];
  count: number;
  subtotal: number;
  currency: string;
  notices: PricedNotice[];
}

/** Adds the current names and prices to the lines of a cart. A product that is no longer sold becomes a notice. */
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

/** Returns the same number as `count` in `priceCart`, without calculating the prices. */
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
  const nameOf = (slug: string) =>
    isolate(products.find(slug)?.name ?? 'a product that we no longer sell');
  return { ...notice, message: messageOf(notice, nameOf) };
}

function messageOf(notice: CartNotice, nameOf: (slug: string) => string): string {
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
