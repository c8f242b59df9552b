import { randomBytes } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import type { Database } from './open.ts';
import { users, type User } from './schema.ts';

export type Users = ReturnType<typeof createUsers>;
export type Profile = Pick<User, 'name' | 'email' | 'website'>;
export type NewUser = Pick<User, 'name' | 'email' | 'website' | 'passwordHash'>;

/**
 * The accounts. Statements are prepared once, because building one takes forty times as long as running it. Every
 * method throws DataUnavailable when the database does not answer.
 */
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
    find: (id: string): User | undefined => database.read(() => byId.get({ id })),

    findByEmail: (email: string): User | undefined =>
      database.read(() => byEmail.get({ email: normalizeEmail(email) })),

    /** Adds an account. @returns null when there is one with this address, also when the case differs */
    async add(user: NewUser): Promise<User | null> {
      const id = randomBytes(16).toString('base64url');
      const statement = database
        .insert(users)
        .values({ ...user, id, email: normalizeEmail(user.email), createdAt: new Date() })
        .onConflictDoNothing({ target: users.email })
        .returning();
      return (await database.write(() => statement.get())) ?? null;
    },

    /**
     * Changes an account.
     * @returns false when nothing was changed: another account has this address, or this account is gone
     */
    async update(id: string, { email, ...changes }: Partial<Profile>): Promise<boolean> {
      const set = email === undefined ? changes : { ...changes, email: normalizeEmail(email) };
      const statement = database.update(users).set(set).where(eq(users.id, id));
      try {
        return (await database.write(() => statement.run())).changes > 0;
      } catch (error) {
        if ((error as { code?: string }).code === 'SQLITE_CONSTRAINT_UNIQUE') return false;
        throw error;
      }
    },

    /**
     * Stores a new password and raises its version. This ends all sessions that began with the old password, also a
     * sign-in that is still running.
     * @returns the changed user
     */
    setPassword(id: string, passwordHash: string): Promise<User> {
      const passwordVersion = sql`${users.passwordVersion} + 1`;
      const set = { passwordHash, passwordVersion };
      const statement = database.update(users).set(set).where(eq(users.id, id)).returning();
      return database.write(() => statement.get());
    },

    /**
     * Replaces the hash `from` by another hash of the same password. A password that has changed since is left alone.
     */
    async renewHash(id: string, from: string, to: string): Promise<void> {
      const statement = database
        .update(users)
        .set({ passwordHash: to })
        .where(and(eq(users.id, id), eq(users.passwordHash, from)));
      await database.write(() => statement.run());
    },

    async remove(id: string): Promise<void> {
      const statement = database.delete(users).where(eq(users.id, id));
      await database.write(() => statement.run());
    },
  };
}

/** Returns an address as it is stored and compared: without blanks around it, composed (NFC), in lower case. */
export function normalizeEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}
