import { isQuantity } from '../../carts/cart-record.ts';
import {
  cartLimits,
  type CartChange,
  type CartNotice,
  type UndoOffer,
} from '../../contract/carts.ts';

/** A line as it is stored. */
export interface StoredLine {
  quantity: number;
  /** The version of the cart in which the product was added. Lines are sorted by it. */
  added: number;
}

/** Slug -> line. */
export type StoredLines = Map<string, StoredLine>;

/** Merges the lines of another cart. */
export type MergeChange = { kind: 'merge'; lines: { slug: string; quantity: number }[] };

export interface UndoRecord extends UndoOffer {
  /** When the offer expires, in milliseconds. */
  until: number;
  /** The lines that the change touched, as they were before; null for a product that was not in the cart. */
  before: [slug: string, line: StoredLine | null][];
}

export interface Outcome {
  notices: CartNotice[];
  /** The new record; null deletes the stored record, undefined leaves it as it is. */
  undo: UndoRecord | null | undefined;
}

/**
 * Applies one change to `lines`, in place. redis/scripts/lib/cart-rules.lua has the same rules, because they must run
 * inside Redis. test/store/carts.test.ts compares both on random changes.
 * @param version the version of the cart after this change
 */
export function applyChange(
  lines: StoredLines,
  change: CartChange | MergeChange,
  { version, now, undo }: { version: number; now: number; undo: UndoRecord | null },
): Outcome {
  const before = new Map<string, StoredLine | null>();
  const notices: CartNotice[] = [];

  function put(slug: string, quantity: number, added = version) {
    const old = lines.get(slug);
    if (quantity === (old?.quantity ?? 0)) return;
    before.set(slug, old ?? null);
    if (quantity === 0) lines.delete(slug);
    else lines.set(slug, { quantity, added: old?.added ?? added });
  }

  /** Sets a quantity, or the nearest one within the limits, with a notice when it differs. */
  function putWithinLimits(slug: string, quantity: number) {
    if (quantity > 0 && !lines.has(slug) && lines.size >= cartLimits.lines) {
      notices.push({ code: 'full', slug });
      return;
    }
    if (quantity > cartLimits.quantity) notices.push({ code: 'capped', slug });
    put(slug, Math.min(quantity, cartLimits.quantity));
  }

  switch (change.kind) {
    case 'add':
      putWithinLimits(change.slug, (lines.get(change.slug)?.quantity ?? 0) + change.quantity);
      break;
    case 'set':
      putWithinLimits(change.slug, change.quantity);
      break;
    case 'clear':
      for (const slug of lines.keys()) put(slug, 0);
      break;
    case 'merge': {
      for (const { slug, quantity } of change.lines) {
        if (quantity > (lines.get(slug)?.quantity ?? 0)) putWithinLimits(slug, quantity);
      }
      if (before.size > 0) notices.push({ code: 'merged', slugs: [...before.keys()] });
      break;
    }
    case 'undo': {
      const isOpen = undo && undo.until > now && (change.version ?? undo.version) === undo.version;
      if (!isOpen) {
        return { notices: [{ code: 'nothing-to-undo' }], undo: undefined };
      }
      for (const [slug, line] of undo.before) put(slug, line?.quantity ?? 0, line?.added);
      return { notices: [{ code: 'undone' }], undo: null };
    }
  }

  if (before.size === 0) return { notices, undo: undefined };
  const until = now + cartLimits.undo;
  return { notices, undo: { version, ...describe(change), until, before: [...before] } };
}

/** Reads a record from JSON. @returns null when there is none or when it is not valid */
export function readUndo(text: string | null): UndoRecord | null {
  const undo = JSON.parse(text ?? 'null') as UndoRecord | null;
  if (!Array.isArray(undo?.before)) return null;
  const isValid = (entry: unknown) => {
    const [slug, line] = Array.isArray(entry)
      ? (entry as [unknown, StoredLine | null | undefined])
      : [];
    if (typeof slug !== 'string' || line === undefined) return false;
    return line === null || (isQuantity(line.quantity) && Number.isInteger(line.added));
  };
  return undo.before.every(isValid) ? undo : null;
}

function describe(change: CartChange | MergeChange): Pick<UndoOffer, 'kind' | 'slug'> {
  if (change.kind === 'add') return { kind: 'add', slug: change.slug };
  if (change.kind !== 'set') return { kind: change.kind };
  return { kind: change.quantity === 0 ? 'remove' : 'set', slug: change.slug };
}
