import { emptyCart, type Cart, type CartLine } from '../../contract/carts.ts';
import type { Owner } from '../../contract/owner.ts';
import { damagedCart, openCart } from '../../carts/cart-record.ts';
import type { BackendOptions } from '../../backend.ts';
import { cartLifetime, QUARANTINE_LIFETIME } from '../../carts/cart-lifetimes.ts';
import type { SqliteClient } from '../client.ts';

interface CartRow {
  version: number;
  notices: string;
  undo: string | null;
}

/** Reads carts, and moves damaged ones to the quarantine. */
export function createCartReader(
  { database }: SqliteClient,
  { events, lifetimes }: BackendOptions,
) {
  const find = database.prepare<[Owner, number], CartRow>(
    'SELECT version, notices, undo FROM carts WHERE owner = ? AND expires > ?',
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

  function findRecord(owner: Owner, now: number) {
    const row = find.get(owner, now);
    return row && { ...row, lines: linesOf.all(owner) };
  }

  const quarantine = database.transaction((owner: Owner, now: number): Cart => {
    // Another process may have replaced the damaged cart since it was read.
    const found = findRecord(owner, now);
    const cart = found ? openCart(found, now) : emptyCart;
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
    /**
     * Reads the cart of an owner; without an owner it is empty.
     * @returns null when the cart is damaged; the caller then calls `quarantine`
     */
    read(owner: Owner | null, now: number): Cart | null {
      const found = owner && findRecord(owner, now);
      return found ? openCart(found, now) : emptyCart;
    },

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
