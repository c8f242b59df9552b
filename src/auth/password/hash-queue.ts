import { Problem } from '../../lib/problem.ts';

/** How many passwords are hashed at the same time. Each takes a core and 19 MiB for about 20 ms. */
export const MOST_RUNNING = 2;
/** How many passwords may wait in the queue. */
export const MOST_WAITING = 50;
/** How many of these places only people get who have signed in on their device before. */
export const KEPT_FOR_KNOWN = 10;
/** How long it takes to hash a full queue, in seconds. */
const RETRY_AFTER_SECONDS = 2;

/** Who waits in the queue. */
export interface Waiter {
  /** The account and the block of addresses, as far as there are any. */
  names: readonly string[];
  /** True for somebody who has signed in on this device before. */
  isKnown: boolean;
}

interface Waiting extends Waiter {
  /** How many others of the same account or block waited already. */
  rank: number;
  start(): void;
  refuse(): void;
}

/**
 * Creates a queue that is fair. The first of each account and of each block of addresses comes before the second of any
 * other, and so on. When the queue is full, it refuses the last request of the account or network that has most. So one
 * account or one network gets what the others leave, however much it asks for.
 */
export function createHashQueue() {
  /** In the order in which they start. */
  const waiting: Waiting[] = [];
  let running = 0;

  /** Waits until the work may start, and does it. @throws {Problem} busy */
  async function enqueue<T>(waiter: Waiter, work: () => Promise<T>): Promise<T> {
    if (running < MOST_RUNNING) running += 1;
    else await waitForTurn(waiter);
    try {
      return await work();
    } finally {
      // The next one starts in place of this one, so the number of running ones does not change.
      const next = waiting.shift();
      if (next) next.start();
      else running -= 1;
    }
  }

  function waitForTurn({ names, isKnown }: Waiter): Promise<void> {
    const rank = Math.max(0, ...names.map(countWaiting));
    if (isFullFor(isKnown)) makeRoom(isKnown, rank);
    return new Promise((start, reject) => {
      const refuse = () => reject(busy());
      const after = waiting.findIndex((other) => other.rank > rank);
      const at = after === -1 ? waiting.length : after;
      waiting.splice(at, 0, { names, isKnown, rank, start, refuse });
    });
  }

  function countWaiting(name: string): number {
    return waiting.filter(({ names }) => names.includes(name)).length;
  }

  function isFullFor(isKnown: boolean): boolean {
    if (waiting.length >= MOST_WAITING) return true;
    const strangers = waiting.filter((each) => !each.isKnown).length;
    return !isKnown && strangers >= MOST_WAITING - KEPT_FOR_KNOWN;
  }

  /** Refuses the last one in the queue that has a higher rank, and whose place the newcomer may take. */
  function makeRoom(isKnown: boolean, rank: number): void {
    const at = waiting.findLastIndex((each) => each.rank > rank && (isKnown || !each.isKnown));
    if (at === -1) throw busy();
    waiting.splice(at, 1)[0]!.refuse();
  }

  return { enqueue, waiting: () => waiting.length };
}

function busy(): Problem {
  return new Problem('busy', { retryAfter: RETRY_AFTER_SECONDS });
}
