import { randomBytes } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import type { Database } from './open.ts';
import { users, type User } from './schema.ts';

export type Users = ReturnType<typeof createUsers>;
export type Profile = Pick<User, 'name' | 'email' | 'website'>;
export type NewUser = Pick<User, 'name' | 'email' | 'website' | 'passwordHash'>;

/** Who has an account here. Statements are prepared once: building one costs forty times what running it does. */
export function createUsers(database: Database) {
  const byId = database
    .select()
    .from(users)
    .where(eq(users.id, sql.placeholder('id')))
    .prepare();
  const byEmail = database
    .select()
    .from(users)
    .where(eq(users.email, sql.placeholder('email')))
    .prepare();

  return {
    find: (id: string): User | undefined => byId.get({ id }),

    findByEmail: (email: string): User | undefined => byEmail.get({ email: normalizeEmail(email) }),

    /** @returns null where the address is taken, whatever its case */
    add(user: NewUser): User | null {
      const id = randomBytes(16).toString('base64url');
      return (
        database
          .insert(users)
          .values({ ...user, id, email: normalizeEmail(user.email), createdAt: new Date() })
          .onConflictDoNothing({ target: users.email })
          .returning()
          .get() ?? null
      );
    },

    /** @returns false, with nothing changed, where the address is another's, whatever its case */
    update(id: string, { email, ...changes }: Partial<Profile>): boolean {
      const set = email === undefined ? changes : { ...changes, email: normalizeEmail(email) };
      try {
        return database.update(users).set(set).where(eq(users.id, id)).run().changes > 0;
      } catch (error) {
        if ((error as { code?: string }).code === 'SQLITE_CONSTRAINT_UNIQUE') return false;
        throw error;
      }
    },

    /** Ends whatever was begun under the one before, a sign-in that is still under way included. @returns the user as it then is */
    setPassword(id: string, passwordHash: string): User {
      const passwordVersion = sql`${users.passwordVersion} + 1`;
      const set = { passwordHash, passwordVersion };
      return database.update(users).set(set).where(eq(users.id, id)).returning().get();
    },

    /** The same password, hashed anew; nothing happens where it was changed meanwhile. */
    renewHash(id: string, from: string, to: string): void {
      database
        .update(users)
        .set({ passwordHash: to })
        .where(and(eq(users.id, id), eq(users.passwordHash, from)))
        .run();
    },

    remove(id: string): void {
      database.delete(users).where(eq(users.id, id)).run();
    },
  };
}

/** The form in which an address is stored and compared: no blanks around, composed (NFC), lower case. */
export function normalizeEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}
