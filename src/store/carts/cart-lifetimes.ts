import type { Lifetimes } from '../contract/lifetimes.ts';
import type { Owner } from '../contract/owner.ts';

/** The highest valid version of a cart. Lua and cjson print larger numbers as 1e+14. */
export const MOST_VERSION = 1e13;

/** How long a damaged cart is kept for the operator, in milliseconds. */
export const QUARANTINE_LIFETIME = 30 * 86_400_000;

/**
 * How long changes that were sent to a merged cart are applied to the cart that it was merged into, in milliseconds.
 * It is longer than any request takes. It is short, because somebody who has the guest's session could change the
 * user's cart in this time.
 */
export const MOVED_LIFETIME = 60_000;

/**
 * How many carts a change is passed on to, because each was merged into the next. A guest's cart is merged into a
 * user's, and a user's into none. Records that were changed to form a circle must not cause endless work.
 */
export const MOST_MOVES = 2;

/** Returns how long a cart lives after its last change, in milliseconds. */
export function cartLifetime(owner: Owner, lifetimes: Lifetimes): number {
  return owner.startsWith('user-') ? lifetimes.userCart : lifetimes.guestCart;
}
