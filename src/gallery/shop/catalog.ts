import { categories } from '../../shop/catalog/categories.ts';
import { factsOf } from '../../shop/catalog/facts.ts';
import pictures from '../../shop/catalog/pictures.json' with { type: 'json' };
import { sortNames, type ShopQuery } from '../../shop/catalog/shop-page.ts';
import { addForm } from '../../shop/cart/forms.ts';
import type { Product } from '../../database/schema.ts';
import { entry, type Entries, type Entry, type PageDataOf } from '../entry.ts';
import { longest, products } from './goods.ts';
import { ada, longest as longestPerson, signedIn } from '../people.ts';

const travel = products.filter(({ category }) => category === 'travel');

export const catalogEntries: Entries = {
  'the-shop': shop(products.slice(0, 12), { pages: 3 }),
  'the-shop-signed-in': shop(products.slice(0, 12), { pages: 3, ...signedIn(ada), itemCount: 4 }),
  'the-shop-during-an-outage': shop(products.slice(0, 12), { pages: 3, outage: true }),
  'a-message-of-each-kind': shop(travel, {
    flash: {
      success: ['Field Satchel added.'],
      arrival: ['Signed in on Safari on iOS just now.'],
      error: ['That did not work.'],
    },
  }),
  'the-second-page-of-the-shop': shop(products.slice(12, 24), { pages: 3, query: { page: 2 } }),
  'a-category': shop(travel, { title: 'Travel', query: { category: 'travel' } }),
  'a-search': shop(products.slice(0, 1), { query: { q: 'satchel' } }),
  'a-search-without-a-find': shop([], { query: { q: 'spaceship' } }),
  'a-search-for-a-long-word': shop([], { query: { q: 'spaceship'.repeat(12).slice(0, 100) } }),
  'a-product': product(products[0]!),
  'a-product-with-the-longest-name': product(longest, {
    ...signedIn(longestPerson),
    itemCount: 9900,
  }),
  'a-product-with-a-wrong-quantity': entry('shop/add', {
    title: 'Field Satchel',
    product: products[0]!,
    quantity: 'many',
    errors: { quantity: addForm.fields.quantity.message },
  }),
};

function shop(
  found: Product[],
  {
    query = {},
    pages = 1,
    ...more
  }: Partial<Omit<PageDataOf<'shop/shop'>, 'query'>> & { query?: Partial<ShopQuery> },
): Entry {
  return entry('shop/shop', {
    title: 'Shop',
    path: '/shop',
    products: found,
    total: pages === 1 ? found.length : products.length,
    query: { q: '', category: '', sort: 'newest', page: 1, ...query },
    pages,
    categories,
    sortNames,
    linkTo: () => '/shop',
    ...more,
  });
}

function product(product: Product, more: Partial<PageDataOf<'shop/product'>> = {}): Entry {
  const category = categories[product.category]!;
  return entry('shop/product', {
    title: product.name,
    product,
    category,
    picture: pictures[product.slug as keyof typeof pictures] ?? product.name,
    facts: factsOf(product.details),
    ...more,
  });
}
