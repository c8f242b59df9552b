import { emptyCart, type Cart, type CartLine } from '../../contract/carts.ts';
import type { Owner } from '../../contract/owner.ts';
import { damagedCart, openCart, type CartRecord } from '../../carts/cart-record.ts';
import type { BackendOptions } from '../../backend.ts';
import { cartLifetime, QUARANTINE_LIFETIME } from '../../carts/cart-lifetimes.ts';
import type { SqliteClient } from '../client.ts';

/** A cart as it is stored, which was not checked yet. */
export interface CartRow extends CartRecord {
  expires: number;
}

/** Reads carts, and moves damaged ones to the quarantine. */
export function createCartReader(
  { database }: SqliteClient,
  { events, lifetimes }: BackendOptions,
) {
  const find = database.prepare<[Owner], Omit<CartRow, 'lines'>>(
    'SELECT version, notices, undo, expires FROM carts WHERE owner = ?',
  );
  const linesOf = database.prepare<[Owner], CartLine>(
    'SELECT slug, quantity FROM cart_lines WHERE owner = ? ORDER BY added, slug',
  );
  const saveQuarantined = database.prepare(
    'INSERT OR REPLACE INTO quarantined_carts (owner, content, expires) VALUES (?, ?, ?)',
  );
  const keepUntil = database.prepare(
    'UPDATE carts SET expires = born + ? WHERE owner = ? AND expires < born + ?',
  );
  const remove = database.prepare('DELETE FROM carts WHERE owner = ?');
  const insertEmpty = database.prepare(
    'INSERT INTO carts (owner, born, version, notices, expires) VALUES (?, ?, ?, ?, ?)',
  );

  function readRecord(owner: Owner): CartRow | null {
    const row = find.get(owner);
    return row ? { ...row, lines: linesOf.all(owner) } : null;
  }

  function open(record: CartRow | null, now: number): Cart | null {
    return record && record.expires > now ? openCart(record, now) : emptyCart;
  }

  const quarantine = database.transaction((owner: Owner, now: number): Cart => {
    // Another process may have replaced the damaged cart since it was read.
    const found = readRecord(owner);
    const cart = open(found, now);
    if (cart) return cart;
    saveQuarantined.run(owner, JSON.stringify(found), now + QUARANTINE_LIFETIME);
    remove.run(owner);
    const { version, notices } = damagedCart;
    const expires = now + cartLifetime(owner, lifetimes);
    insertEmpty.run(owner, now, version, JSON.stringify(notices), expires);
    events.onDamagedCart(owner);
    return damagedCart;
  });

  return {
    readRecord,

    /**
     * Checks a record and reads the cart from it. Without a record, or with one that has expired, the cart is empty.
     * @returns null when the cart is damaged; the caller then calls `quarantine`
     */
    open,

    /**
     * Keeps a cart as long as any other, because its guest has come back. The first cart of a guest expires soon; all
     * others live longer than this already.
     */
    keep(owner: Owner): void {
      const lifetime = cartLifetime(owner, lifetimes);
      keepUntil.run(lifetime, owner, lifetime);
    },

    /**
     * Moves a damaged cart to the quarantine and replaces it by an empty one with a notice. It must not
     * be called in a transaction that began with a read, because such a transaction may fail to write.
     */
    quarantine: (owner: Owner, now: number): Cart => quarantine.immediate(owner, now),
  };
}
