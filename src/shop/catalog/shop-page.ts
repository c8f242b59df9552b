import type { FastifyPluginAsync } from 'fastify';
import { sorts, type Sort } from '../../database/products.ts';
import type { Product } from '../../database/schema.ts';
import { readWholeNumber } from '../../lib/text/whole-number.ts';
import { categories } from './categories.ts';
import { speculationRules } from './prefetch.ts';

declare module '../../rendering/views.ts' {
  interface Views {
    'shop/shop': {
      products: readonly Product[];
      /** The number of products that match, on all pages. */
      total: number;
      query: ShopQuery;
      pages: number;
      categories: Record<string, string>;
      sortNames: Record<Sort, string>;
      /** Returns the address of this list with some parameters changed. */
      linkTo(changes: Partial<ShopQuery>): string;
    };
  }
}

/** Products on one page. */
const PAGE_SIZE = 12;

export const sortNames: Record<Sort, string> = {
  newest: 'Newest first',
  price: 'Price, low to high',
  '-price': 'Price, high to low',
  name: 'Name',
};

/** The list of products. It needs no session, so that people can look around while the store is down. */
export const shopPage: FastifyPluginAsync = async (app) => {
  app.get('/shop', { config: { withoutStore: true } }, async (request, reply) => {
    const query = readQuery(request.query);
    const { found, total } = app.products.search({
      ...query,
      limit: PAGE_SIZE,
      offset: (query.page - 1) * PAGE_SIZE,
    });
    return reply.headers(speculationRules).page('shop/shop', {
      title: categories[query.category] ?? (query.q ? 'Search' : 'Shop'),
      products: found,
      total,
      query,
      pages: Math.ceil(total / PAGE_SIZE),
      categories,
      sortNames,
      linkTo: (changes: Partial<ShopQuery>) => linkTo({ ...query, page: 1, ...changes }),
    });
  });
};

export interface ShopQuery {
  q: string;
  category: string;
  sort: Sort;
  page: number;
}

/** A link with a typing error still leads to the shop: a parameter that is not valid is ignored. */
function readQuery(query: unknown): ShopQuery {
  const { q, category, sort, page } = query as Record<string, unknown>;
  const pageNumber = typeof page === 'string' ? (readWholeNumber(page) ?? 1) : 1;
  return {
    q: typeof q === 'string' ? q.slice(0, 100) : '',
    category: typeof category === 'string' && Object.hasOwn(categories, category) ? category : '',
    sort: sorts.find((known) => known === sort) ?? 'newest',
    page: pageNumber >= 1 && pageNumber <= 1000 ? pageNumber : 1,
  };
}

function linkTo({ q, category, sort, page }: ShopQuery): string {
  const parameters = new URLSearchParams();
  if (q) parameters.set('q', q);
  if (category) parameters.set('category', category);
  if (sort !== 'newest') parameters.set('sort', sort);
  if (page > 1) parameters.set('page', String(page));
  return parameters.size > 0 ? `/shop?${parameters.toString()}` : '/shop';
}
