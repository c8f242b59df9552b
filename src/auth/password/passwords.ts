import { randomBytes } from 'node:crypto';
import { Problem } from '../../lib/problem.ts';
import { createHashWorkers } from './hash-workers.ts';

/** OWASP's minimum for argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane. */
export const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** For tests of everything but passwords: the least that argon2 can do. The app refuses it in production. */
export const WEAK_COST = { memoryCost: 8, timeCost: 1, parallelism: 1 };
/** How many passwords are hashed at the same time. Each takes a core and 19 MiB for about 20 ms. */
export const MOST_RUNNING = 2;
/** How many passwords may wait in the queue. */
export const MOST_WAITING = 50;
/** How long it takes to hash a full queue, in seconds. */
const RETRY_AFTER_SECONDS = 2;

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
  const queue = createQueue();
  const workers = createHashWorkers(MOST_RUNNING);

  return {
    /** @throws {Problem} busy, when the queue is full */
    async hash(password: string): Promise<string> {
      const job = { kind: 'hash', password: normalizePassword(password), cost } as const;
      return (await queue(() => workers.run(job))) as string;
    },

    /**
     * Checks a password. It takes the same time for an account that does not exist, whose hash is `undefined`. The
     * attempt begins when the check leaves the queue, and ends with the check. So many right passwords at once do not
     * count as failures.
     * @throws {Problem} busy, when the queue is full; slow-down, when the attempt may not begin
     */
    verify(
      passwordHash: string | undefined,
      password: string,
      attempt: Attempt = unlimited,
    ): Promise<boolean> {
      const job = {
        kind: 'verify',
        password: normalizePassword(password),
        passwordHash: passwordHash ?? unknownUserHash,
      } as const;
      return queue(async () => {
        await attempt.begin();
        const right = (await workers.run(job)) === true && passwordHash !== undefined;
        await attempt.end(right);
        return right;
      });
    },

    /** Returns true for a hash with another cost. The password should be hashed again the next time it is given. */
    isOutdated: (passwordHash: string): boolean => !passwordHash.startsWith(prefix),

    /** Returns how many passwords wait in the queue. */
    waiting: () => queue.waiting(),

    close: workers.close,
  };
}

/**
 * Some keyboards send an é as one code point, others as two. NFC makes them the same (RFC 8265, 4.2.2). NFKC would also
 * make characters the same that look different, such as ² and 2.
 */
/** Every hash of a cost begins with this text. */
function prefixOf({ memoryCost, timeCost, parallelism }: typeof COST): string {
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`;
}

const normalizePassword = (password: string) => password.normalize('NFC');

/** Returns random bytes as argon2 writes them: base64 without padding. */
function randomBase64(bytes: number): string {
  return randomBytes(bytes).toString('base64').replace(/=+$/, '');
}

function createQueue() {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function enqueue<T>(work: () => Promise<T>): Promise<T> {
    if (running >= MOST_RUNNING) {
      if (waiting.length >= MOST_WAITING) {
        throw new Problem('busy', { retryAfter: RETRY_AFTER_SECONDS });
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      // The next one starts in place of this one, so the number of running ones does not change.
      const startNext = waiting.shift();
      if (startNext) startNext();
      else running -= 1;
    }
  }
  return Object.assign(enqueue, { waiting: () => waiting.length });
}
