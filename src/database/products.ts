import { and, asc, desc, eq, or, sql, type SQL } from 'drizzle-orm';
import { Memo } from '../lib/speed/memo.ts';
import type { Database } from './open.ts';
import { products, type Product } from './schema.ts';
import { createSnapshot } from './speed/snapshot.ts';

export type Products = ReturnType<typeof createProducts>;

export const sorts = ['newest', 'price', '-price', 'name'] as const;
export type Sort = (typeof sorts)[number];

export interface ProductQuery {
  /** The text to search for; empty for all products. */
  q: string;
  /** Empty for all categories. */
  category: string;
  sort: Sort;
  limit: number;
  offset: number;
}

interface Found {
  found: readonly Product[];
  /** How many products match, with or without `limit` and `offset`. */
  total: number;
}

/** The largest number of search results in the cache. */
const MOST_SEARCHES = 200;

const orders: Record<Sort, SQL[]> = {
  newest: [desc(products.added), asc(products.slug)],
  price: [asc(products.price), asc(products.slug)],
  '-price': [desc(products.price), asc(products.slug)],
  name: [asc(products.name), asc(products.slug)],
};

/** The catalogue of products. Every method throws DataUnavailable when the database does not answer. */
export function createProducts(database: Database) {
  const allProducts = database.select().from(products).prepare();
  const snapshot = createSnapshot(database, () => ({
    bySlug: new Map(allProducts.all().map((product) => [product.slug, product])),
    searches: new Memo<Found>(MOST_SEARCHES),
  }));

  const category = sql.placeholder('category');
  const pattern = sql.placeholder('pattern');
  const matches = and(
    or(eq(category, ''), eq(products.category, category)),
    sql`(${products.name} || ' ' || ${products.summary} || ' ' || ${products.category}) LIKE ${pattern} ESCAPE '\\'`,
  );
  const count = database
    .select({ total: sql<number>`count(*)` })
    .from(products)
    .where(matches)
    .prepare();
  const listing = (order: SQL[]) =>
    database
      .select()
      .from(products)
      .where(matches)
      .orderBy(...order)
      .limit(sql.placeholder('limit'))
      .offset(sql.placeholder('offset'))
      .prepare();
  const listings = Object.fromEntries(sorts.map((sort) => [sort, listing(orders[sort])])) as Record<
    Sort,
    ReturnType<typeof listing>
  >;

  function search({ q, sort, ...query }: ProductQuery): Found {
    const filled = { ...query, pattern: `%${escapeLike(q.trim())}%` };
    return { found: listings[sort].all(filled), total: count.get(filled)?.total ?? 0 };
  }

  return {
    find: (slug: string): Product | undefined => database.read(snapshot.get).bySlug.get(slug),

    search: (query: ProductQuery): Found =>
      database.read(() => snapshot.get().searches.get(JSON.stringify(query), () => search(query))),

    /** Adds the products that are missing. It does not overwrite a product that the owner of the shop has changed. */
    async seed(catalogue: Product[]): Promise<void> {
      const statement = database.insert(products).values(catalogue).onConflictDoNothing();
      await database.write(() => statement.run());
      snapshot.invalidate();
    },
  };
}

/** Escapes the wildcards of LIKE. */
function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
