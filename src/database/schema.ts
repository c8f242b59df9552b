import { index } from 'drizzle-orm/sqlite-core'; // shop
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const users = sqliteTable('users', {
  /** 128 random bits. It is part of store keys, so it contains no personal data. */
  id: text().primaryKey(),
  name: text().notNull(),
  /** In the form of lib/email-address.ts, so that all spellings of an address count as the same. */
  email: text().notNull().unique(),
  website: text(),
  passwordHash: text('password_hash').notNull(),
  /** Rises with every new password. A session that began with another version has ended. */
  passwordVersion: integer('password_version').notNull().default(1),
  /** How many devices were marked as known to this user. It is the number of the newest one. */
  devicesMarked: integer('devices_marked').notNull().default(0),
  createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
  /** True for the account that the app made for trying it. Everybody knows its password. */
  isDemo: integer('is_demo', { mode: 'boolean' }).notNull().default(false),
});

// shop {
export const products = sqliteTable(
  'products',
  {
    slug: text().primaryKey(),
    name: text().notNull(),
    category: text().notNull(),
    /** In cents of the shop's currency. */
    price: integer().notNull(),
    summary: text().notNull(),
    description: text().notNull(),
    details: text({ mode: 'json' }).$type<string[]>().notNull(),
    added: text().notNull(),
  },
  (table) => [index('products_by_category').on(table.category)],
);
// } shop

export type User = typeof users.$inferSelect;
export type Product = typeof products.$inferSelect; // shop
