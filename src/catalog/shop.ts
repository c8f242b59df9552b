import type { FastifyPluginAsync } from 'fastify';
import { sorts, type Sort } from '../database/products.ts';
import { categories } from './categories.ts';
import { speculationRules } from './prefetch.ts';

const PAGE_SIZE = 12;

export const sortNames: Record<Sort, string> = {
  newest: 'Newest first',
  price: 'Price, low to high',
  '-price': 'Price, high to low',
  name: 'Name',
};

/** The catalogue. It needs no state store: a guest can look around while that is down. */
export const shop: FastifyPluginAsync = async (app) => {
  app.get('/shop', { config: { withoutState: true } }, async (request, reply) => {
    const query = readQuery(request.query);
    const { found, total } = app.products.search({
      ...query,
      limit: PAGE_SIZE,
      offset: (query.page - 1) * PAGE_SIZE,
    });
    return reply.headers(speculationRules).page('catalog/shop', {
      title: categories[query.category] ?? (query.q ? 'Search' : 'Shop'),
      products: found,
      total,
      query,
      pages: Math.ceil(total / PAGE_SIZE),
      categories,
      sortNames,
      linkTo: (changes: Partial<Query>) => linkTo({ ...query, page: 1, ...changes }),
    });
  });
};

interface Query {
  q: string;
  category: string;
  sort: Sort;
  page: number;
}

/** A link with a typing error still leads into the shop: what cannot be read counts as not said. */
function readQuery(query: unknown): Query {
  const { q, category, sort, page } = query as Record<string, unknown>;
  const pageNumber = Number(page);
  return {
    q: typeof q === 'string' ? q.slice(0, 100) : '',
    category: typeof category === 'string' && Object.hasOwn(categories, category) ? category : '',
    sort: sorts.find((known) => known === sort) ?? 'newest',
    page: Number.isInteger(pageNumber) && pageNumber >= 1 && pageNumber <= 1000 ? pageNumber : 1,
  };
}

function linkTo({ q, category, sort, page }: Query): string {
  const parameters = new URLSearchParams();
  if (q) parameters.set('q', q);
  if (category) parameters.set('category', category);
  if (sort !== 'newest') parameters.set('sort', sort);
  if (page > 1) parameters.set('page', String(page));
  return parameters.size > 0 ? `/shop?${parameters.toString()}` : '/shop';
}
