import { cartLimits, type Cart, type CartChange, type CartStore } from '../contract/carts.ts';
import { SessionGone } from '../contract/errors.ts';
import type { Owner } from '../contract/owner.ts';
import { cartLifetime, MOST_POINTERS, MOVED_LIFETIME, type BackendOptions } from '../backend.ts';
import { createCartReader } from './cart-reader.ts';
import { applyChange, readUndo, type KeptLines, type MergeChange } from './cart-rules.ts';
import type { Watchers } from '../watchers.ts';
import type { SqliteClient } from './client.ts';

/** Counting all ids of a cart takes time: only at every so many versions. */
const TRIM_EVERY = 100;

interface CartRow {
  born: number;
  version: number;
  undo: string | null;
}

/** Carts as rows, a row a line. Every change is one transaction, so none is lost and none is seen half done. */
export function createSqliteCartStore(
  client: SqliteClient,
  options: BackendOptions,
  watchers: Watchers,
): CartStore {
  const { database, run, transact } = client;
  const { clock, lifetimes, sessionPrefix } = options;
  const reader = createCartReader(client, options);
  const lookAtOnce = database.transaction(reader.look);

  const find = database.prepare<[Owner, number], CartRow>(
    'SELECT born, version, undo FROM carts WHERE owner = ? AND expires > ?',
  );
  const linesOf = database.prepare<[Owner], { slug: string; quantity: number; added: number }>(
    'SELECT slug, quantity, added FROM cart_lines WHERE owner = ?',
  );
  const seen = database
    .prepare<[Owner, string, number], 1>(
      'SELECT 1 FROM cart_changes WHERE owner = ? AND id = ? AND at > ?',
    )
    .pluck();
  const movedTo = database
    .prepare<[Owner, number], Owner>(
      'SELECT target FROM moved_carts WHERE owner = ? AND expires > ?',
    )
    .pluck();
  const save = database.prepare(
    `INSERT INTO carts (owner, born, version, notices, undo, expires) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET version = excluded.version, notices = excluded.notices,
       undo = excluded.undo, expires = excluded.expires`,
  );
  const putLine = database.prepare(
    `INSERT INTO cart_lines (owner, slug, quantity, added) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET quantity = excluded.quantity`,
  );
  const dropLine = database.prepare('DELETE FROM cart_lines WHERE owner = ? AND slug = ?');
  const remember = database.prepare(
    'INSERT OR REPLACE INTO cart_changes (owner, id, at) VALUES (?, ?, ?)',
  );
  const inherit = database.prepare(
    `INSERT INTO cart_changes (owner, id, at)
     SELECT :user, id, at FROM cart_changes WHERE owner = :guest
     ON CONFLICT DO UPDATE SET at = max(at, excluded.at)`,
  );
  const trim = database.prepare(
    `DELETE FROM cart_changes WHERE owner = :owner AND id IN (SELECT id FROM cart_changes
       WHERE owner = :owner ORDER BY at DESC, id DESC LIMIT -1 OFFSET :most)`,
  );
  const remove = database.prepare('DELETE FROM carts WHERE owner = ?');
  const removeMoved = database.prepare(
    'DELETE FROM moved_carts WHERE owner = :owner OR target = :owner',
  );
  const removeQuarantined = database.prepare('DELETE FROM quarantined_carts WHERE owner = ?');
  const findSession = database
    .prepare<[string, number], string | Buffer>(
      `SELECT coalesce(successor.value, '') FROM sessions
       LEFT JOIN session_fields AS successor
         ON successor.key = sessions.key AND successor.field = ':successor'
       WHERE sessions.key = ? AND expires > ?`,
    )
    .pluck();
  const point = database.prepare(
    `INSERT INTO moved_carts (owner, target, expires) VALUES (:guest, :user, :now + ${MOVED_LIFETIME})
     ON CONFLICT DO UPDATE SET target = excluded.target, expires = excluded.expires
     WHERE moved_carts.expires <= :now`,
  );

  /** A session that was moved to another key is alive when that one is. */
  function isSessionAlive(key: string, now: number): boolean {
    let next: string | undefined = key;
    for (let hops = 0; next && hops <= MOST_POINTERS; hops += 1) {
      const successor = findSession.get(next, now);
      if (successor === '') return true;
      next = successor?.toString();
    }
    return false;
  }

  /** Within a transaction that writes. */
  function readCart(owner: Owner, now: number): Cart {
    return reader.look(owner, now) ?? reader.setAside(owner, now);
  }

  function apply(owner: Owner, id: string, change: CartChange | MergeChange, now: number): Cart {
    // Before anything is built on it: a damaged cart is set aside here.
    readCart(owner, now);
    const row = find.get(owner, now);
    if (row && seen.get(owner, id, now - cartLimits.changeIds)) return readCart(owner, now);
    if (!row) remove.run(owner);

    const version = (row?.version ?? 0) + 1;
    const lines = new Map(linesOf.all(owner).map(({ slug, ...line }) => [slug, line]));
    const kept: KeptLines = new Map(lines);
    const undo = readUndo(row?.undo ?? null);
    const outcome = applyChange(kept, change, { version, now, undo });

    const nextUndo = outcome.undo === undefined ? undo : outcome.undo;
    save.run(
      owner,
      row?.born ?? now,
      version,
      JSON.stringify(outcome.notices),
      nextUndo && JSON.stringify(nextUndo),
      now + cartLifetime(owner, lifetimes),
    );
    for (const slug of lines.keys()) if (!kept.has(slug)) dropLine.run(owner, slug);
    for (const [slug, line] of kept) {
      if (lines.get(slug) !== line) putLine.run(owner, slug, line.quantity, line.added);
    }
    remember.run(owner, id, now);
    if (version % TRIM_EVERY === 0) trim.run({ owner, most: cartLimits.mostChangeIds });
    return readCart(owner, now);
  }

  return {
    read: (owner) =>
      run('cart-read', () => {
        const now = clock();
        return lookAtOnce(owner, now) ?? reader.setAside(owner, now);
      }),

    async change(owner, change, session) {
      const { target, cart } = await transact('cart-change', () => {
        const now = clock();
        if (session !== undefined && !isSessionAlive(sessionPrefix + session, now)) {
          throw new SessionGone();
        }
        const target = movedTo.get(owner, now) ?? owner;
        return { target, cart: apply(target, change.id, change, now) };
      });
      watchers.tell(target, { kind: 'cart', version: cart.version });
      return cart;
    },

    async merge(guest, user) {
      const cart = await transact('cart-merge', () => {
        const now = clock();
        const { lines, version } = readCart(guest, now);
        const merged =
          version > 0
            ? apply(user, `merge:${guest}:${now}:${version}`, { kind: 'merge', lines }, now)
            : readCart(user, now);
        // A change of the guest's that comes again must not be applied again.
        if (version > 0) inherit.run({ guest, user });
        remove.run(guest);
        point.run({ guest, user, now });
        return merged;
      });
      watchers.tell(user, { kind: 'cart', version: cart.version });
      return cart;
    },

    remove: (owner) =>
      transact('cart-remove', () => {
        remove.run(owner);
        removeMoved.run({ owner });
        removeQuarantined.run(owner);
      }),
  };
}
