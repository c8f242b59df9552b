import type { Owner } from './owner.ts';

/** One product in a cart, and its quantity. */
export interface CartLine {
  slug: string;
  quantity: number;
}

/** What a change did differently from what was asked. The page turns it into a sentence. */
export type CartNotice =
  | { code: 'capped'; slug: string }
  | { code: 'full'; slug: string }
  | { code: 'merged'; slugs: string[] }
  /** The cart could not be read. Its record is kept for the operator. */
  | { code: 'damaged' }
  | { code: 'undone' }
  | { code: 'nothing-to-undo' };

/** The last change, as long as it can be undone. */
export interface UndoOffer {
  /** The version that the change made. */
  version: number;
  kind: CartChange['kind'] | 'remove' | 'merge';
  /** The product, if the change was about one. */
  slug?: string;
}

export interface Cart {
  /** Rises with every change; 0 for a cart that was never changed. */
  version: number;
  /** In the order in which the products were first added. */
  lines: CartLine[];
  /** The notices of the last change. */
  notices: CartNotice[];
  undo: UndoOffer | null;
}

/**
 * One edit of a cart. Its id makes a repeat harmless: a second change with the same id within `cartLimits.changeIds`
 * is not applied.
 */
export type CartChange = { id: string } & (
  | { kind: 'add'; slug: string; quantity: number }
  | { kind: 'set'; slug: string; quantity: number }
  | { kind: 'clear' }
  /** Undoes the last change. If a version is given, only when that version is still the last one. */
  | { kind: 'undo'; version?: number }
);

export interface CartStore {
  /** @throws {StoreUnavailable} */
  read(owner: Owner): Promise<Cart>;
  /**
   * Applies a change exactly once and returns the cart after it. If a session is named (by the hash of its id), that
   * session must still exist, so that a running request cannot change a cart after its sign-out. On a cluster the
   * session and the cart may be on different servers; there a change can still be applied in the same moment in which
   * the session ends.
   * @param isFirstVisit true for a guest without a session. The new cart then lives for a few hours, until a session
   * that has this owner is loaded.
   * @throws {StoreUnavailable} the change may have been applied: send it again with the same id
   * @throws {SessionGone} nothing was changed
   */
  change(owner: Owner, change: CartChange, session?: string, isFirstVisit?: boolean): Promise<Cart>;
  /**
   * Moves a guest's lines into a user's cart and keeps the larger quantity of each product. It may be interrupted at
   * any point and run again. Changes that are still on their way to the guest's cart are applied to the user's.
   * @throws {StoreUnavailable}
   */
  merge(guest: Owner, user: Owner): Promise<Cart>;
  /** Deletes a cart and everything that is stored about it. @throws {StoreUnavailable} */
  remove(owner: Owner): Promise<void>;
}

export const cartLimits = {
  /** The largest quantity of one product. */
  quantity: 99,
  /** The largest number of different products. */
  lines: 100,
  /** How long a change can be undone, in milliseconds. */
  undo: 10 * 60_000,
  /** How long a change id is remembered, in milliseconds. */
  changeIds: 24 * 3_600_000,
  /** How many change ids a cart remembers: more changes than a person makes in a day. The oldest are dropped first. */
  mostChangeIds: 10_000,
} as const;

export const emptyCart: Cart = Object.freeze({ version: 0, lines: [], notices: [], undo: null });
