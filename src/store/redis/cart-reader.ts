import { emptyCart, type Cart } from '../contract/carts.ts';
import type { Owner } from '../contract/owner.ts';
import { damagedCart, openCart, type CartRecord } from '../cart-record.ts';
import { cartLifetime, QUARANTINE_LIFETIME, type BackendOptions } from '../backend.ts';
import type { RedisClient } from './transport/client.ts';
import { flatPairs, ownerKey } from './keys.ts';

/** Makes sense of the hash that the scripts answer; one that does not read is set aside. */
export function createCartReader(
  client: RedisClient,
  { clock, events, lifetimes }: BackendOptions,
) {
  /** An answer of the same bytes is the same list: see answers.ts. */
  const records = new WeakMap<Buffer[], CartRecord>();

  function recordOfAnswer(flat: Buffer[]): CartRecord {
    const known = records.get(flat);
    if (known) return known;
    const record = recordOf(flat);
    records.set(flat, record);
    Object.freeze(record.lines);
    return record;
  }

  return async function readCart(owner: Owner, flat: Buffer[], now: number): Promise<Cart> {
    if (flat.length === 0) return emptyCart;
    const cart = openCart(recordOfAnswer(flat), now);
    if (cart) return cart;
    const keys = (['cart', 'quarantine', 'undo'] as const).map((kind) => ownerKey(kind, owner));
    const kept = [now, QUARANTINE_LIFETIME, cartLifetime(owner, lifetimes), ...flat];
    if ((await client.run('cart-quarantine', keys, kept)) === 1) {
      events.onDamagedCart(owner);
      return damagedCart;
    }
    // Somebody else was faster, and the cart is another one by now.
    const later = clock();
    const fresh = await client.run('cart-read', [ownerKey('cart', owner)], [later, owner]);
    return readCart(owner, fresh as Buffer[], later);
  };
}

/** A line is kept as its quantity and the version in which it was added, which orders the lines. */
function recordOf(flat: Buffer[]): CartRecord {
  const record: CartRecord = { version: Number.NaN, lines: [], notices: '', undo: null };
  const added = new Map<string, number>();
  for (const [field, value] of flatPairs(flat)) {
    const text = value.toString();
    if (field.startsWith('line:')) {
      const slug = field.slice('line:'.length);
      const [, quantity, version] = /^(\d+) (\d+)$/.exec(text) ?? [];
      record.lines.push({ slug, quantity: Number(quantity) });
      added.set(slug, Number(version));
    } else if (field === 'version') record.version = Number(text);
    else if (field === 'notices') record.notices = text;
    else if (field === 'undo') record.undo = text;
  }
  const position = ({ slug }: { slug: string }) => added.get(slug) ?? 0;
  record.lines.sort((a, b) => position(a) - position(b) || (a.slug < b.slug ? -1 : 1));
  return record;
}
