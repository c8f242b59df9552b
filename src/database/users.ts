import { randomBytes } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import { canonicalEmail } from '../lib/email-address.ts';
import { formerEmail } from './canonical-emails.ts';
import type { Database } from './open.ts';
import { users, type User } from './schema.ts';

export type Users = ReturnType<typeof createUsers>;
export type Profile = Pick<User, 'name' | 'email' | 'website'>;
export type NewUser = Pick<User, 'name' | 'email' | 'website' | 'passwordHash'> &
  Partial<Pick<User, 'isDemo'>>;

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

    /** Finds an account by its address, in any spelling. */
    findByEmail(email: string): User | undefined {
      const [canonical, former] = [canonicalEmail(email), formerEmail(email)];
      return database.read(() => {
        // Two accounts of an older release may have the same address now. Each is found as it was.
        const kept = former === canonical ? undefined : byEmail.get({ email: former });
        return kept ?? byEmail.get({ email: canonical });
      });
    },

    /** Returns the accounts that the app made for trying it. Their address may have been changed since. */
    listDemo: (): User[] =>
      database.read(() => database.select().from(users).where(eq(users.isDemo, true)).all()),

    /** Adds an account. @returns null when there is one with this address, in any spelling */
    async add(user: NewUser): Promise<User | null> {
      const id = randomBytes(16).toString('base64url');
      const statement = database
        .insert(users)
        .values({ ...user, id, email: canonicalEmail(user.email), createdAt: new Date() })
        .onConflictDoNothing({ target: users.email })
        .returning();
      return (await database.write(() => statement.get())) ?? null;
    },

    /**
     * Changes an account.
     * @returns false when nothing was changed: another account has this address, or this account is gone
     */
    async update(id: string, { email, ...changes }: Partial<Profile>): Promise<boolean> {
      const set = email === undefined ? changes : { ...changes, email: canonicalEmail(email) };
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
     * @param from when given, only this version of the password is replaced. So of two changes at once, one is made
     * @returns the changed user; null when there is none, or the password has another version
     */
    async setPassword(id: string, passwordHash: string, from?: number): Promise<User | null> {
      const passwordVersion = sql`${users.passwordVersion} + 1`;
      const isVersion = from === undefined ? undefined : eq(users.passwordVersion, from);
      const statement = database
        .update(users)
        .set({ passwordHash, passwordVersion })
        .where(and(eq(users.id, id), isVersion))
        .returning();
      return (await database.write(() => statement.get())) ?? null;
    },

    /** Counts one more device that is known to this user. @returns the number of the device; 0 when the user is gone */
    async markDevice(id: string): Promise<number> {
      const devicesMarked = sql`${users.devicesMarked} + 1`;
      const statement = database
        .update(users)
        .set({ devicesMarked })
        .where(eq(users.id, id))
        .returning();
      const user = await database.write(() => statement.get());
      return user?.devicesMarked ?? 0;
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
