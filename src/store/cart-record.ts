import {
  cartLimits,
  emptyCart,
  type Cart,
  type CartLine,
  type CartNotice,
  type UndoOffer,
} from './contract/carts.ts';
import { MOST_VERSION } from './backend.ts';

/** A cart as both backends keep it, before anyone has looked whether it makes sense. */
export interface CartRecord {
  version: number;
  lines: CartLine[];
  /** JSON of a list of notices. */
  notices: string;
  /** JSON of an offer and its end, where there is one. */
  undo: string | null;
}

/** @returns null where the record is damaged: it must be set aside, not shown */
export function openCart(record: CartRecord, now: number): Cart | null {
  const sound =
    Number.isInteger(record.version) &&
    record.version > 0 &&
    record.version <= MOST_VERSION &&
    record.lines.every(({ quantity }) => isQuantity(quantity));
  if (!sound) return null;
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

/** What its owner sees instead of a damaged cart, until they change something. */
export const damagedCart: Cart = { ...emptyCart, version: 1, notices: [{ code: 'damaged' }] };

/** Codes that we do not know pass: a newer release may have written them. */
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

/** @throws {TypeError} where it is no offer */
function openOffer(text: string, now: number): UndoOffer | null {
  const offer = JSON.parse(text) as (UndoOffer & { until: number }) | null;
  if (typeof offer !== 'object' || offer === null) throw new TypeError('not an offer');
  const { until, version, kind, slug } = offer;
  return until > now ? { version, kind, slug } : null;
}
