import { and, asc, desc, eq, or, sql, type SQL } from 'drizzle-orm';
import type { Database } from './open.ts';
import { products, type Product } from './schema.ts';

export type Products = ReturnType<typeof createProducts>;

export const sorts = ['newest', 'price', '-price', 'name'] as const;
export type Sort = (typeof sorts)[number];

export interface ProductQuery {
  /** Words to look for; empty for all. */
  q: string;
  /** Empty for all. */
  category: string;
  sort: Sort;
  limit: number;
  offset: number;
}

const orders: Record<Sort, SQL[]> = {
  newest: [desc(products.added), asc(products.slug)],
  price: [asc(products.price), asc(products.slug)],
  '-price': [desc(products.price), asc(products.slug)],
  name: [asc(products.name), asc(products.slug)],
};

/** The catalogue. */
export function createProducts(database: Database) {
  const bySlug = database
    .select()
    .from(products)
    .where(eq(products.slug, sql.placeholder('slug')))
    .prepare();

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

  return {
    find: (slug: string): Product | undefined => bySlug.get({ slug }),

    search({ q, sort, ...query }: ProductQuery): { found: Product[]; total: number } {
      const filled = { ...query, pattern: `%${escapeLike(q.trim())}%` };
      return { found: listings[sort].all(filled), total: count.get(filled)?.total ?? 0 };
    },

    /** Puts in what is not there yet; what the shop's owner changed stays. */
    seed(catalogue: Product[]): void {
      database.insert(products).values(catalogue).onConflictDoNothing().run();
    },
  };
}

/** Makes the wildcards of LIKE ordinary characters. */
function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
