import { cartLimits, type Cart, type CartChange, type CartStore } from '../../contract/carts.ts';
import { SessionGone, StoreUnavailable } from '../../contract/errors.ts';
import type { Owner } from '../../contract/owner.ts';
import { FIRST_VISIT_LIFETIME, MOST_POINTERS, type BackendOptions } from '../../backend.ts';
import {
  cartLifetime,
  MOST_MOVES,
  MOST_VERSION,
  MOVED_LIFETIME,
} from '../../carts/cart-lifetimes.ts';
import { createCartReader } from './cart-reader.ts';
import type { RedisClient } from '../transport/client.ts';
import { timeShift } from '../transport/time-of-redis.ts';
import { flatPairs, ownerKey } from '../keys.ts';

/** How a change is applied. */
interface Applied {
  /** The key of the session that must exist, if any. */
  session?: string[];
  /** True for a guest without a session, who may never come back. */
  isFirstVisit?: boolean;
  /** How often the change was passed on to another cart. */
  moves?: number;
  /** True when the cart was damaged and has been read since. */
  wasRead?: boolean;
}

/**
 * Carts as Redis hashes, one field for each line. Every change is one script, so that no change is lost and nobody
 * reads a half-written cart.
 */
export function createRedisCartStore(client: RedisClient, options: BackendOptions): CartStore {
  const { clock, lifetimes, sessionPrefix } = options;
  const readCart = createCartReader(client, options);

  async function apply(
    owner: Owner,
    id: string,
    kind: string,
    args: (string | number)[],
    how: Applied = {},
  ): Promise<Cart> {
    const { session = [], isFirstVisit = false, moves = 0, wasRead = false } = how;
    const keys = [...cartKeys(owner), ...session];
    const answer = await client.run('cart-change', keys, [
      timeShift(clock),
      cartLifetime(owner, lifetimes),
      id,
      kind,
      cartLimits.quantity,
      cartLimits.lines,
      MOST_VERSION,
      cartLimits.undo,
      cartLimits.changeIds,
      cartLimits.mostChangeIds,
      MOST_POINTERS,
      moves < MOST_MOVES ? '1' : '0',
      isFirstVisit ? FIRST_VISIT_LIFETIME : '',
      ...args,
    ]);
    const [outcome, detail] = answer as [Buffer, Buffer[] | Buffer];
    switch (outcome.toString()) {
      case 'moved':
        return apply(String(detail) as Owner, id, kind, args, { ...how, moves: moves + 1 });
      case 'damaged':
        // Reading moves a damaged cart to the quarantine.
        if (wasRead) throw new StoreUnavailable(new Error(`The cart of ${owner} stays damaged.`));
        await read(owner);
        return apply(owner, id, kind, args, { ...how, wasRead: true });
      case 'ended':
        throw new SessionGone();
      default:
        return readCart(owner, detail as Buffer[]);
    }
  }

  /**
   * Returns the session key that the script must check. On a cluster the session may be on another server, so this
   * function checks it, and the script checks nothing.
   * @throws {SessionGone} only on a cluster
   */
  async function sessionToCheck(session: string | undefined): Promise<string[]> {
    if (session === undefined) return [];
    let key = sessionPrefix + session;
    if (!client.cluster) return [key];
    for (let hops = 0; hops <= MOST_POINTERS; hops += 1) {
      const answer = (await client.run('session-alive', [key], [timeShift(clock)])) as
        Buffer | number;
      if (answer === 1) return [];
      if (answer === 0) break;
      key = String(answer);
    }
    throw new SessionGone();
  }

  async function read(owner: Owner): Promise<Cart> {
    const args = [timeShift(clock), owner];
    const flat = await client.run('cart-read', [ownerKey('cart', owner)], args);
    return readCart(owner, flat as Buffer[]);
  }

  /**
   * Reads a cart that is to be merged into another one. The ids of its changes are copied too, so that a change that is
   * sent again is not applied again.
   * @returns null when the cart goes to somebody else, who signs in with the same guest's cookie
   */
  async function readForMerge(guest: Owner, user: Owner) {
    const keys = [ownerKey('cart', guest), ownerKey('changes', guest), ownerKey('claimed', guest)];
    const args = [timeShift(clock), guest, cartLimits.changeIds, user, MOVED_LIFETIME];
    const answer = await client.run('cart-export', keys, args);
    if (!answer) return null;
    const [flat, ids] = answer as [Buffer[], Buffer[]];
    return {
      lines: (await readCart(guest, flat)).lines,
      ids: ids.map(String),
      revision: revisionOf(flat),
    };
  }

  return {
    read,

    async change(owner, change, session, isFirstVisit) {
      const how = { session: await sessionToCheck(session), isFirstVisit };
      return apply(owner, change.id, change.kind, changeArguments(change), how);
    },

    async merge(guest, user) {
      for (;;) {
        const cart = await readForMerge(guest, user);
        if (!cart) return read(user);
        const { lines, ids, revision } = cart;
        const merged =
          revision === ''
            ? null
            : await apply(user, `merge:${guest}:${revision}`, 'merge', [
                lines.length,
                ...lines.flatMap(({ slug, quantity }) => [slug, quantity]),
                ...ids,
              ]);
        const removed = await client.run('cart-remove-merged', cartKeys(guest), [
          timeShift(clock),
          revision,
          user,
          MOVED_LIFETIME,
        ]);
        if (removed === 1) return merged ?? read(user);
      }
    },

    async remove(owner) {
      await client.run('cart-remove', [...cartKeys(owner), ownerKey('quarantine', owner)], []);
    },
  };
}

function cartKeys(owner: Owner): string[] {
  return [
    ownerKey('cart', owner),
    ownerKey('changes', owner),
    ownerKey('undo', owner),
    ownerKey('moved', owner),
  ];
}

function changeArguments(change: CartChange): (string | number)[] {
  switch (change.kind) {
    case 'add':
    case 'set':
      return [change.slug, change.quantity];
    case 'undo':
      return [change.version ?? ''];
    case 'clear':
      return [];
  }
}

/**
 * Returns a text that differs for every state of a cart; empty when there is no cart. A version alone is not enough,
 * because a later cart of the same owner begins with version 1 again.
 */
function revisionOf(flat: Buffer[]): string {
  const fields = new Map(flatPairs(flat));
  const text = (field: string) => fields.get(field)?.toString() ?? '';
  return fields.size > 0 ? `${text('born')}:${text('version')}` : '';
}
