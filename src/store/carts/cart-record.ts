import {
  cartLimits,
  emptyCart,
  type Cart,
  type CartLine,
  type CartNotice,
  type UndoOffer,
} from '../contract/carts.ts';
import { MOST_VERSION } from './cart-lifetimes.ts';

/** A cart as both backends store it. It was not checked yet. */
export interface CartRecord {
  version: number;
  lines: CartLine[];
  /** A list of notices, in JSON. */
  notices: string;
  /** The offer to undo the last change and the end of the offer, in JSON; null when there is none. */
  undo: string | null;
}

/**
 * Checks a record and reads the cart from it.
 * @param now in milliseconds
 * @returns null when the record is damaged; the caller then moves it to the quarantine
 */
export function openCart(record: CartRecord, now: number): Cart | null {
  const isValid =
    Number.isInteger(record.version) &&
    record.version > 0 &&
    record.version <= MOST_VERSION &&
    record.lines.every(({ quantity }) => isQuantity(quantity));
  if (!isValid) return null;
  try {
    const notices: unknown = JSON.parse(record.notices);
    if (!Array.isArray(notices) || !notices.every(isNotice)) return null;
    return {
      version: record.version,
      lines: record.lines,
      notices,
      undo: record.undo === null ? null : openOffer(record.undo, now),
    };
  } catch {
    return null;
  }
}

/** The empty cart that replaces a damaged one. Its notice stays until the owner changes the cart. */
export const damagedCart: Cart = { ...emptyCart, version: 1, notices: [{ code: 'damaged' }] };

/** An unknown code is valid, because a newer release may have written it. */
function isNotice(notice: unknown): notice is CartNotice {
  if (typeof notice !== 'object' || notice === null || !('code' in notice)) return false;
  const { code, slug, slugs } = notice as { code: unknown; slug?: unknown; slugs?: unknown };
  if (code === 'merged')
    return Array.isArray(slugs) && slugs.every((each) => typeof each === 'string');
  if (code === 'capped' || code === 'full') return typeof slug === 'string';
  return typeof code === 'string';
}

export function isQuantity(quantity: number): boolean {
  return Number.isInteger(quantity) && quantity >= 1 && quantity <= cartLimits.quantity;
}

/** @returns null when the offer has expired @throws {TypeError} when the text is not an offer */
function openOffer(text: string, now: number): UndoOffer | null {
  const offer = JSON.parse(text) as (UndoOffer & { until: number }) | null;
  if (typeof offer !== 'object' || offer === null) throw new TypeError('Not an offer.');
  const { until, version, kind, slug } = offer;
  return until > now ? { version, kind, slug } : null;
}
