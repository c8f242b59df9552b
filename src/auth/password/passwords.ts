import { randomBytes } from 'node:crypto';
import { Problem } from '../../lib/problem.ts';
import { createHashWorkers } from './hash-workers.ts';

/** OWASP's minimum for argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane. */
export const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const CURRENT = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$`;
/** A hash as long to check as any, which no password is known to have. */
const nobodys = `${CURRENT}${random(16)}$${random(32)}`;
/** Each hash fills a core for some 20 ms and 19 MiB for as long. */
export const AT_ONCE = 2;
export const WAITING = 50;
/** In seconds: what it takes to hash all that wait. */
const LONGEST_LINE = 2;

/** Something that may be tried only so often. */
export interface Attempt {
  /** Counts it as a failure, so that no number of them at once slips through. @throws when it may not be made now */
  begin(): Promise<void>;
  /** Forgets the failures if it was right. */
  end(right: boolean): Promise<void>;
}

const unlimited: Attempt = { begin: async () => {}, end: async () => {} };

export type Passwords = ReturnType<typeof createPasswords>;

/** Hashes passwords, a few at a time, so that a flood of log-ins leaves the rest of the shop alone. */
export function createPasswords() {
  const queue = createQueue(AT_ONCE, WAITING);
  const workers = createHashWorkers(AT_ONCE);

  return {
    /** @throws {Problem} busy */
    async hash(password: string): Promise<string> {
      const job = { kind: 'hash', password: prepare(password), cost: COST } as const;
      return (await queue(() => workers.run(job))) as string;
    },

    /**
     * Checks a password, in the same time for an account that does not exist (`undefined`). The attempt
     * begins when its turn has come and ends before the next: right ones at once never count as failures.
     * @throws {Problem} busy, and whatever the attempt throws when it may not begin
     */
    verify(
      passwordHash: string | undefined,
      password: string,
      attempt: Attempt = unlimited,
    ): Promise<boolean> {
      const job = {
        kind: 'verify',
        password: prepare(password),
        passwordHash: passwordHash ?? nobodys,
      } as const;
      return queue(async () => {
        await attempt.begin();
        const right = (await workers.run(job)) === true && passwordHash !== undefined;
        await attempt.end(right);
        return right;
      });
    },

    /** Made at another cost than today's: hash the password anew when it is next given. */
    isOutdated: (passwordHash: string): boolean => !passwordHash.startsWith(CURRENT),

    /** How many wait for their turn. */
    waiting: () => queue.waiting(),

    close: workers.close,
  };
}

/**
 * One keyboard sends an é as one code point, another as two: NFC makes them the same (RFC 8265, 4.2.2).
 * Not NFKC, which would also make characters the same that look different, such as ² and 2.
 */
const prepare = (password: string) => password.normalize('NFC');

/** As argon2 writes bytes: base64 without the padding. */
function random(bytes: number): string {
  return randomBytes(bytes).toString('base64').replace(/=+$/, '');
}

function createQueue(atOnce: number, waiting: number) {
  const line: (() => void)[] = [];
  let running = 0;

  async function enqueue<T>(work: () => Promise<T>): Promise<T> {
    if (running >= atOnce) {
      if (line.length >= waiting) throw new Problem('busy', { retryAfter: LONGEST_LINE });
      await new Promise<void>((go) => line.push(go));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      // Whoever is next in line takes over this place.
      const next = line.shift();
      if (next) next();
      else running -= 1;
    }
  }
  return Object.assign(enqueue, { waiting: () => line.length });
}
