import { emptyCart, type Cart, type CartLine } from '../contract/carts.ts';
import type { Owner } from '../contract/owner.ts';
import { damagedCart, openCart } from '../cart-record.ts';
import { cartLifetime, QUARANTINE_LIFETIME, type BackendOptions } from '../backend.ts';
import type { SqliteClient } from './client.ts';

interface CartRow {
  version: number;
  notices: string;
  undo: string | null;
}

/** Reads the cart of an owner, or the empty cart of nobody. */
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
  const keepAside = database.prepare(
    'INSERT OR REPLACE INTO quarantined_carts (owner, content, expires) VALUES (?, ?, ?)',
  );
  const remove = database.prepare('DELETE FROM carts WHERE owner = ?');
  const leaveEmpty = database.prepare(
    'INSERT INTO carts (owner, born, version, notices, expires) VALUES (?, ?, ?, ?, ?)',
  );

  function record(owner: Owner, now: number) {
    const row = find.get(owner, now);
    return row && { ...row, lines: linesOf.all(owner) };
  }

  const quarantine = database.transaction((owner: Owner, now: number): Cart => {
    // Somebody else may have been faster.
    const found = record(owner, now);
    const cart = found ? openCart(found, now) : emptyCart;
    if (cart) return cart;
    keepAside.run(owner, JSON.stringify(found), now + QUARANTINE_LIFETIME);
    remove.run(owner);
    const { version, notices } = damagedCart;
    const expires = now + cartLifetime(owner, lifetimes);
    leaveEmpty.run(owner, now, version, JSON.stringify(notices), expires);
    events.onDamagedCart(owner);
    return damagedCart;
  });

  return {
    /** @returns null where the cart is damaged: set it aside, in no transaction that began with reading */
    look(owner: Owner | null, now: number): Cart | null {
      const found = owner && record(owner, now);
      return found ? openCart(found, now) : emptyCart;
    },

    /** Keeps a damaged cart for whoever looks into it, and leaves an empty one that says so. */
    setAside: (owner: Owner, now: number): Cart => quarantine.immediate(owner, now),
  };
}
