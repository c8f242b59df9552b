import { randomBytes } from 'node:crypto';
import { createHashQueue, MOST_RUNNING, type Waiter } from './hash-queue.ts';
import { createHashWorkers } from './hash-workers.ts';

/** OWASP's minimum for argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane. */
export const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** For tests of everything but passwords: the least that argon2 can do. The app refuses it in production. */
export const WEAK_COST = { memoryCost: 8, timeCost: 1, parallelism: 1 };

/** Who asks for a hash. Nothing is hashed without one, so that every form with a password is limited. */
export interface Asker extends Waiter {
  /** Counts the request. @throws {Problem} slow-down */
  count(): Promise<void>;
}

/** Asks for the hashes that are made at the start. */
export const theShop: Asker = { names: [], isKnown: true, count: async () => {} };

/** One attempt to give a password, where the number of failures is limited. */
export interface Attempt {
  /**
   * Counts the attempt as a failure, so that many attempts at once cannot bypass the limit.
   * @throws {Problem} slow-down
   */
  begin(): Promise<void>;
  /** Resets the number of failures if the password was right. */
  end(right: boolean): Promise<void>;
}

const unlimited: Attempt = { begin: async () => {}, end: async () => {} };

export type Passwords = ReturnType<typeof createPasswords>;

/** Hashes passwords in a queue, so that many log-ins at once do not slow down the other pages. */
export function createPasswords(cost = COST) {
  const prefix = prefixOf(cost);
  // A random hash stands for an account that does not exist. It takes as long to check as a real one.
  const unknownUserHash = `${prefix}${randomBase64(16)}$${randomBase64(32)}`;
  const { enqueue, waiting } = createHashQueue();
  const workers = createHashWorkers(MOST_RUNNING);

  return {
    /** @throws {Problem} slow-down, when the asker may not ask; busy, when the queue is full */
    async hash(password: string, asker: Asker): Promise<string> {
      await asker.count();
      const job = { kind: 'hash', password: normalizePassword(password), cost } as const;
      return (await enqueue(asker, () => workers.run(job))) as string;
    },

    /**
     * Checks a password. It takes the same time for an account that does not exist, whose hash is `undefined`. The
     * attempt begins when the check leaves the queue, and ends with the check. So many right passwords at once do not
     * count as failures.
     * @throws {Problem} busy, when the queue is full; slow-down, when the asker may not ask or the attempt not begin
     */
    async verify(
      passwordHash: string | undefined,
      password: string,
      asker: Asker,
      attempt: Attempt = unlimited,
    ): Promise<boolean> {
      await asker.count();
      const job = {
        kind: 'verify',
        password: normalizePassword(password),
        passwordHash: passwordHash ?? unknownUserHash,
      } as const;
      return enqueue(asker, async () => {
        await attempt.begin();
        const right = (await workers.run(job)) === true && passwordHash !== undefined;
        await attempt.end(right);
        return right;
      });
    },

    /** Returns true for a hash with another cost. The password should be hashed again the next time it is given. */
    isOutdated: (passwordHash: string): boolean => !passwordHash.startsWith(prefix),

    /** Returns how many passwords wait in the queue. */
    waiting,

    close: workers.close,
  };
}

/** Every hash of a cost begins with this text. */
function prefixOf({ memoryCost, timeCost, parallelism }: typeof COST): string {
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`;
}

/**
 * Some keyboards send an é as one code point, others as two. NFC makes them the same (RFC 8265, 4.2.2). NFKC would also
 * make characters the same that look different, such as ² and 2.
 */
const normalizePassword = (password: string) => password.normalize('NFC');

/** Returns random bytes as argon2 writes them: base64 without padding. */
function randomBase64(bytes: number): string {
  return randomBytes(bytes).toString('base64').replace(/=+$/, '');
}
