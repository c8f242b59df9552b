import catalogue from '../../shop/catalog/products.json' with { type: 'json' };
import type { Product } from '../../database/schema.ts';
import { priceCart } from '../../shop/priced-cart.ts';
import { emptyCart, type Cart } from '../../store/contract/carts.ts';

export const products: Product[] = catalogue;

/**
 * Made-up products, because the shop sells fewer than a hundred. The gallery shows the drawings of real ones for them.
 */
const hundred = Array.from({ length: 100 }, (_, i) => {
  const model = products[i % products.length]!;
  return { ...model, slug: `made-up-${i}`, name: `${model.name} ${i + 1}` };
});

export const longest: Product = {
  ...products[0]!,
  slug: 'made-up-100',
  name: 'Donaudampfschifffahrtsgesellschaftskapitänskajütenreisegepäckstück',
  summary: 'A word of 65 letters, for a bag with as many pockets, for everybody who can say it.',
  price: 99_999_999,
};

const manyWords: Product = {
  ...products[1]!,
  slug: 'made-up-101',
  name: 'The Slow Sunday Market Net with Long Handles for Rather Heavy Shopping',
};

const everything = new Map(
  [...products, ...hundred, longest, manyWords].map((product) => [product.slug, product]),
);

export const noLines: Cart = emptyCart;
export const oneLine = cartOf({ 'field-satchel': 1 });
export const threeLines = cartOf({ weekender: 1, 'field-satchel': 2, 'drizzle-umbrella': 1 });
export const hundredLines = cartOf(Object.fromEntries(hundred.map(({ slug }, i) => [slug, i + 1])));
export const longestNames = cartOf({ 'made-up-100': 99, 'made-up-101': 99 });

export function priced(cart: Cart) {
  return priceCart(cart, { find: (slug) => everything.get(slug) });
}

function cartOf(lines: Record<string, number>): Cart {
  const entries = Object.entries(lines);
  return {
    ...emptyCart,
    lines: entries.map(([slug, n]) => ({ slug, quantity: Math.min(n, 99) })),
  };
}
