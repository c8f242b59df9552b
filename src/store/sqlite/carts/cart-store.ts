import { cartLimits, type Cart, type CartChange, type CartStore } from '../../contract/carts.ts';
import { SessionGone } from '../../contract/errors.ts';
import type { Owner } from '../../contract/owner.ts';
import { FIRST_VISIT_LIFETIME, MOST_POINTERS, type BackendOptions } from '../../backend.ts';
import { cartLifetime, MOVED_LIFETIME } from '../../carts/cart-lifetimes.ts';
import { createCartReader } from './cart-reader.ts';
import { applyChange, readUndo, type MergeChange, type StoredLines } from './cart-rules.ts';
import type { Watchers } from '../../watchers.ts';
import type { SqliteClient } from '../client.ts';

/** Old change ids are deleted at every hundredth version, because counting all ids of a cart takes time. */
const VERSIONS_BETWEEN_TRIMS = 100;

interface CartRow {
  born: number;
  version: number;
  undo: string | null;
}

/**
 * Carts as rows, one row for each line. Every change is one transaction, so that no change is lost and nobody reads a
 * half-written cart.
 */
export function createSqliteCartStore(
  client: SqliteClient,
  options: BackendOptions,
  watchers: Watchers,
): CartStore {
  const { database, run, transact } = client;
  const { clock, lifetimes, sessionPrefix } = options;
  const reader = createCartReader(client, options);
  const readRecord = database.transaction(reader.readRecord);

  const find = database.prepare<[Owner, number], CartRow>(
    'SELECT born, version, undo FROM carts WHERE owner = ? AND expires > ?',
  );
  const linesOf = database.prepare<[Owner], { slug: string; quantity: number; added: number }>(
    'SELECT slug, quantity, added FROM cart_lines WHERE owner = ?',
  );
  const findChangeId = database
    .prepare<[Owner, string, number], 1>(
      'SELECT 1 FROM cart_changes WHERE owner = ? AND id = ? AND at > ?',
    )
    .pluck();
  const findTarget = database
    .prepare<[Owner, number], Owner>(
      'SELECT target FROM moved_carts WHERE owner = ? AND expires > ?',
    )
    .pluck();
  const save = database.prepare(
    `INSERT INTO carts (owner, born, version, notices, undo, expires) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET version = excluded.version, notices = excluded.notices,
       undo = excluded.undo, expires = excluded.expires`,
  );
  const saveLine = database.prepare(
    `INSERT INTO cart_lines (owner, slug, quantity, added) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET quantity = excluded.quantity`,
  );
  const removeLine = database.prepare('DELETE FROM cart_lines WHERE owner = ? AND slug = ?');
  const saveChangeId = database.prepare(
    'INSERT OR REPLACE INTO cart_changes (owner, id, at) VALUES (?, ?, ?)',
  );
  const copyChangeIds = database.prepare(
    `INSERT INTO cart_changes (owner, id, at)
     SELECT :user, id, at FROM cart_changes WHERE owner = :guest
     ON CONFLICT DO UPDATE SET at = max(at, excluded.at)`,
  );
  const trimChangeIds = database.prepare(
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
  const saveMove = database.prepare(
    `INSERT INTO moved_carts (owner, target, expires) VALUES (:guest, :user, :now + ${MOVED_LIFETIME})
     ON CONFLICT DO UPDATE SET target = excluded.target, expires = excluded.expires
     WHERE moved_carts.expires <= :now`,
  );

  /** A session that was moved to another key is alive when the record under that key is. */
  function isSessionAlive(key: string, now: number): boolean {
    let next: string | undefined = key;
    for (let hops = 0; next && hops <= MOST_POINTERS; hops += 1) {
      const successor = findSession.get(next, now);
      if (successor === '') return true;
      next = successor?.toString();
    }
    return false;
  }

  /** The caller must be in a transaction that writes, because a damaged cart is moved to the quarantine. */
  function readCart(owner: Owner, now: number): Cart {
    return reader.open(reader.readRecord(owner), now) ?? reader.quarantine(owner, now);
  }

  function apply(
    owner: Owner,
    id: string,
    change: CartChange | MergeChange,
    now: number,
    lifetime = cartLifetime(owner, lifetimes),
  ): Cart {
    // Called only because it moves a damaged cart to the quarantine.
    readCart(owner, now);
    const row = find.get(owner, now);
    if (row && findChangeId.get(owner, id, now - cartLimits.changeIds)) return readCart(owner, now);
    // An expired cart may not be purged yet.
    if (!row) remove.run(owner);

    const version = (row?.version ?? 0) + 1;
    const before = new Map(linesOf.all(owner).map(({ slug, ...line }) => [slug, line]));
    const lines: StoredLines = new Map(before);
    const undo = readUndo(row?.undo ?? null);
    const outcome = applyChange(lines, change, { version, now, undo });

    const nextUndo = outcome.undo === undefined ? undo : outcome.undo;
    save.run(
      owner,
      row?.born ?? now,
      version,
      JSON.stringify(outcome.notices),
      nextUndo && JSON.stringify(nextUndo),
      now + lifetime,
    );
    for (const slug of before.keys()) if (!lines.has(slug)) removeLine.run(owner, slug);
    for (const [slug, line] of lines) {
      if (before.get(slug) !== line) saveLine.run(owner, slug, line.quantity, line.added);
    }
    saveChangeId.run(owner, id, now);
    if (version % VERSIONS_BETWEEN_TRIMS === 0) {
      trimChangeIds.run({ owner, most: cartLimits.mostChangeIds });
    }
    return readCart(owner, now);
  }

  return {
    read: (owner) =>
      run('cart-read', () => {
        const now = clock();
        return reader.open(readRecord(owner), now) ?? reader.quarantine(owner, now);
      }),

    async change(owner, change, session, isFirstVisit = false) {
      const { target, cart } = await transact('cart-change', () => {
        const now = clock();
        if (session !== undefined && !isSessionAlive(sessionPrefix + session, now)) {
          throw new SessionGone();
        }
        const target = findTarget.get(owner, now) ?? owner;
        const lifetime = cartLifetime(target, lifetimes);
        const first = isFirstVisit ? Math.min(lifetime, FIRST_VISIT_LIFETIME) : lifetime;
        return { target, cart: apply(target, change.id, change, now, first) };
      });
      watchers.notify(target, { kind: 'cart', version: cart.version });
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
        // The ids are copied, so that a change of the guest's cart that is sent again is not applied again.
        if (version > 0) copyChangeIds.run({ guest, user });
        remove.run(guest);
        saveMove.run({ guest, user, now });
        return merged;
      });
      watchers.notify(user, { kind: 'cart', version: cart.version });
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
