import { asc, eq, sql } from 'drizzle-orm';
import { canonicalEmail } from '../lib/email-address.ts';
import type { Database } from './open.ts';
import { users } from './schema.ts';

/**
 * Rewrites the addresses that an older release stored in a form of its own. Where two accounts turn out to have the same
 * address, the older account gets it. The other one keeps what is stored, and its owner signs in as before.
 * @returns the ids of the accounts that keep an address which is another account's too
 */
export async function canonicalizeEmails(database: Database): Promise<string[]> {
  // Only what contains other characters than visible ASCII, or ends with a dot, can have another form now.
  const accounts = database
    .select({ id: users.id, email: users.email })
    .from(users)
    .where(sql`${users.email} GLOB '*[^!-~]*' OR ${users.email} LIKE '%.'`)
    .orderBy(asc(users.createdAt));
  const rewriteAll = () =>
    accounts
      .all()
      .filter(({ id, email }) => !rewrite(id, email))
      .map(({ id }) => id);
  return database.write(() => database.transaction(rewriteAll, { behavior: 'immediate' }));

  /** @returns false when another account has the address */
  function rewrite(id: string, email: string): boolean {
    const canonical = canonicalEmail(email);
    if (canonical === email) return true;
    const isFree = !database.select().from(users).where(eq(users.email, canonical)).get();
    if (isFree) database.update(users).set({ email: canonical }).where(eq(users.id, id)).run();
    return isFree;
  }
}

/** Returns an address as older releases stored it. */
export function formerEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}
