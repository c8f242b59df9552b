import { emptyCart, type Cart } from '../../contract/carts.ts';
import type { Owner } from '../../contract/owner.ts';
import { damagedCart, openCart, type CartRecord } from '../../carts/cart-record.ts';
import type { BackendOptions } from '../../backend.ts';
import { cartLifetime, QUARANTINE_LIFETIME } from '../../carts/cart-lifetimes.ts';
import type { RedisClient } from '../transport/client.ts';
import { timeShift } from '../transport/time-of-redis.ts';
import { flatPairs, ownerKey } from '../keys.ts';

/** Creates the function that reads a cart from the answer of a script. It moves a damaged cart to the quarantine. */
export function createCartReader(
  client: RedisClient,
  { clock, events, lifetimes }: BackendOptions,
) {
  /** For speed only: speed/answer-memo.ts returns the same list for the same bytes. */
  const records = new WeakMap<Buffer[], CartRecord>();

  function readRecordOnce(flat: Buffer[]): CartRecord {
    const known = records.get(flat);
    if (known) return known;
    const record = readRecord(flat);
    records.set(flat, record);
    Object.freeze(record.lines);
    return record;
  }

  return async function readCart(owner: Owner | null, flat: Buffer[]): Promise<Cart> {
    if (!owner || flat.length === 0) return emptyCart;
    const cart = openCart(readRecordOnce(flat), client.time.now() + timeShift(clock));
    if (cart) return cart;
    const keys = (['cart', 'quarantine', 'undo'] as const).map((kind) => ownerKey(kind, owner));
    const args = [timeShift(clock), QUARANTINE_LIFETIME, cartLifetime(owner, lifetimes), ...flat];
    if ((await client.run('cart-quarantine', keys, args)) === 1) {
      events.onDamagedCart(owner);
      return damagedCart;
    }
    // The cart has changed since it was read.
    const fresh = await client.run(
      'cart-read',
      [ownerKey('cart', owner)],
      [timeShift(clock), owner],
    );
    return readCart(owner, fresh as Buffer[]);
  };
}

/** A line is stored as its quantity and the version in which it was added. The lines are sorted by that version. */
function readRecord(flat: Buffer[]): CartRecord {
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
