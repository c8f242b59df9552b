import { isQuantity } from '../cart-record.ts';
import { cartLimits, type CartChange, type CartNotice, type UndoOffer } from '../contract/carts.ts';

/** A line as it is kept: with the version in which it was added, which orders the lines. */
export interface KeptLine {
  quantity: number;
  added: number;
}

export type KeptLines = Map<string, KeptLine>;

/** What a user's cart takes over from a guest's. */
export type MergeChange = { kind: 'merge'; lines: { slug: string; quantity: number }[] };

export interface UndoRecord extends UndoOffer {
  until: number;
  /** The lines that the change touched, as they were; null where there was none. */
  before: [slug: string, line: KeptLine | null][];
}

export interface Outcome {
  notices: CartNotice[];
  /** A record to keep, null to forget the one there is, undefined to leave it. */
  undo: UndoRecord | null | undefined;
}

/**
 * Applies one change to `lines`, in place. The same rules as redis/lib/cart-rules.lua, which must run
 * inside Redis; the contract suite compares the two on random changes.
 * @param version the cart's version after this change
 */
export function applyChange(
  lines: KeptLines,
  change: CartChange | MergeChange,
  { version, now, undo }: { version: number; now: number; undo: UndoRecord | null },
): Outcome {
  const before = new Map<string, KeptLine | null>();
  const notices: CartNotice[] = [];

  function put(slug: string, quantity: number, added = version) {
    const old = lines.get(slug);
    if (quantity === (old?.quantity ?? 0)) return;
    before.set(slug, old ?? null);
    if (quantity === 0) lines.delete(slug);
    else lines.set(slug, { quantity, added: old?.added ?? added });
  }

  /** As `put`, to the nearest quantity that the limits allow, with a notice where that is another. */
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
      const open = undo && undo.until > now && (change.version ?? undo.version) === undo.version;
      if (!open) {
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

/** @returns null where there is no record, or it makes no sense */
export function readUndo(text: string | null): UndoRecord | null {
  const undo = JSON.parse(text ?? 'null') as UndoRecord | null;
  if (!Array.isArray(undo?.before)) return null;
  const isSound = (kept: unknown) => {
    const [slug, line] = Array.isArray(kept)
      ? (kept as [unknown, KeptLine | null | undefined])
      : [];
    if (typeof slug !== 'string' || line === undefined) return false;
    return line === null || (isQuantity(line.quantity) && Number.isInteger(line.added));
  };
  return undo.before.every(isSound) ? undo : null;
}

function describe(change: CartChange | MergeChange): Pick<UndoOffer, 'kind' | 'slug'> {
  if (change.kind === 'add') return { kind: 'add', slug: change.slug };
  if (change.kind !== 'set') return { kind: change.kind };
  return { kind: change.quantity === 0 ? 'remove' : 'set', slug: change.slug };
}
