import { randomUUID } from 'node:crypto';
import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { StoreUnavailable } from '../../src/store/contract/errors.ts';
import type { Owner } from '../../src/store/contract/owner.ts';
import type { Store } from '../../src/store/contract/store.ts';

/** How many visitors press at the same time. */
const VISITORS = 8;

export interface Journal extends AsyncDisposable {
  /** How many changes were acknowledged so far. */
  readonly acknowledged: number;
  /** Resolves when this many more changes were acknowledged. */
  more(count: number): Promise<void>;
  /** Stops the visitors, and returns when each change was acknowledged that the store does not have. */
  lost(): Promise<number[]>;
}

/** Visitors who add to their carts without a pause, and a journal of what the store has acknowledged. */
export function keepJournal(store: Store): Journal {
  const acknowledged: { owner: Owner; at: number }[] = [];
  const closing = new AbortController();

  async function addOnce(): Promise<void> {
    const owner: Owner = `user-${randomUUID()}`;
    try {
      const change = { id: randomUUID(), kind: 'add', slug: 'a', quantity: 1 } as const;
      await store.carts.change(owner, change);
      acknowledged.push({ owner, at: performance.now() });
    } catch (error) {
      assert.ok(error instanceof StoreUnavailable, String(error));
      await nextTurn();
    }
  }

  async function visit(): Promise<void> {
    while (!closing.signal.aborted) await addOnce();
  }

  const visitors = Array.from({ length: VISITORS }, visit);
  async function stop() {
    closing.abort();
    await Promise.all(visitors);
  }

  return {
    get acknowledged() {
      return acknowledged.length;
    },
    async more(count) {
      const goal = acknowledged.length + count;
      while (acknowledged.length < goal) await nextTurn();
    },
    async lost() {
      await stop();
      const lost: number[] = [];
      for (const { owner, at } of acknowledged) {
        if ((await store.carts.read(owner)).version === 0) lost.push(at);
      }
      return lost;
    },
    [Symbol.asyncDispose]: stop,
  };
}
