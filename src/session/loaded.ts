import { emptyCart, type Cart } from '../store/contract/carts.ts'; // shop
import type { StoreUnavailable } from '../store/contract/errors.ts';
import type { SessionInspection } from '../store/contract/inspection.ts';
import type { Device } from '../store/contract/sessions.ts';

/**
 * What the store returned with a session, and what the store is known to hold. It is attached to the session
 * of a request as `session.loaded`, and is not stored.
 */
export class LoadedWithSession {
  cart: Cart = emptyCart; // shop
  devices: Device[] = [];
  inspection: SessionInspection | null = null;
  /** Set when the store did not answer while the session was loaded. Then nothing is known about this visitor. */
  outage: StoreUnavailable | null = null;
  /**
   * True when the store failed or the session is gone. Then nothing more is saved, and the browser keeps its cookie.
   */
  closed = false;
  /**
   * Returns each property as it is stored, in JSON. It is a function, because most requests change nothing and never
   * call it.
   */
  stored: () => ReadonlyMap<string, string> = () => new Map();

  /** Keeps this object out of the session's JSON, by which @fastify/session recognises a change. */
  toJSON(): undefined {
    return undefined;
  }
}
