import type { Cart } from './carts.ts'; // shop
import type { SessionInspection } from './inspection.ts';
import type { Owner } from './owner.ts';

/** What the server remembers of one browser. The store reads only the properties named here and keeps all others. */
export interface SessionFields {
  /**
   * When the session began, in milliseconds. It counts for the absolute lifetime, so it survives a rotation of the id.
   */
  created?: number;
  /** The owner of what this browser sees. */
  owner?: Owner;
  /** How the user recognises this session among their devices. A session that has one is listed as a device. */
  device?: DeviceTraits;
  /**
   * The pairs that a user sets on the session page. Each pair is stored as a field of its own, so that two requests
   * that set different names do not overwrite each other.
   */
  variables?: Record<string, string>;
  [property: string]: unknown;
}

export interface DeviceTraits {
  /** The User-Agent header, cut to 300 characters. */
  agent: string;
  /** The network part of the address: /24 for IPv4, /48 for IPv6. */
  network: string;
  /** Time of the sign-in, in milliseconds. */
  since: number;
}

export interface Device extends DeviceTraits {
  /** Names the device in a URL: the hash of its session id. Knowing it signs nobody in. */
  id: string;
  /** Time of the last request in milliseconds, with a precision of five minutes. */
  seen: number;
}

/** On how many devices a user can be signed in. One more ends the session that was not seen for longest. */
export const MOST_DEVICES = 50;

/** What else a load returns, in the same round trip. */
export interface SessionWants {
  /** How many devices of the owner, those that were seen last; `true` for all. */
  devices?: number | boolean;
  inspection?: boolean;
}

export interface LoadedSession {
  /** Deeply frozen, because requests may share it. */
  fields: Readonly<SessionFields>;
  /** True when some field is still sealed under an old secret: see `reseal`. */
  stale: boolean;
  // shop {
  /** The owner's cart; empty when the session has no owner. */
  cart: Cart;
  // } shop
  /** The owner's devices, the one that was seen last first; empty when they were not asked for. */
  devices: Device[];
  /** The record as the store holds it; null when it was not asked for. */
  inspection: SessionInspection | null;
}

export interface SessionChanges {
  set: SessionFields;
  /** Names of properties to remove. */
  remove: string[];
  /** Session variables to set or remove, by name. The others stay as they are in the store. */
  variables: { set: Record<string, string>; remove: string[] };
}

export interface SessionStore {
  /**
   * Loads a session, extends its idle lifetime and returns what belongs to its owner with it, in one round trip.
   * A record that is damaged, foreign or expired is deleted and counts as no session.
   * @throws {StoreUnavailable} never returns `null` during an outage: that would sign people out
   */
  load(id: string, wants?: SessionWants): Promise<LoadedSession | null>;
  /**
   * Stores a new session.
   * @param isFirstVisit true for a browser that may never come back. The session then lives for a few hours, until it is
   * loaded for the first time.
   * @throws {StoreUnavailable}
   */
  create(id: string, fields: SessionFields, isFirstVisit?: boolean): Promise<void>;
  /**
   * Writes the changed fields only. It never re-creates a session that is gone.
   * @returns false when the session is gone (signed out, revoked, expired); then nothing was written
   * @throws {SessionFull} nothing was written
   * @throws {StoreUnavailable} the changes may or may not have been written
   */
  update(id: string, changes: SessionChanges): Promise<boolean>;
  /**
   * Moves a session to a new id. The new record has everything that the old record has at that moment, except the
   * properties in `drop`. For half a minute the old id leads to the new one, for two purposes only: an `update` that
   * another request sends under the old id reaches the new record, and `destroy` ends the session under its new id.
   * Loading the old id finds nothing.
   * @returns the properties under the new id; null when the session is gone or was moved by another request, and then
   * nothing was changed
   * @throws {StoreUnavailable} the session may have been moved
   */
  rotate(
    from: string,
    to: string,
    drop: readonly string[],
  ): Promise<Readonly<SessionFields> | null>;
  /**
   * Seals again, under the current secret, every field that is still sealed under an old one. A field that another
   * request changed in the meantime keeps its new value.
   * @throws {StoreUnavailable}
   */
  reseal(id: string): Promise<void>;
  /** Ends a session. A request that is still running cannot bring it back. @throws {StoreUnavailable} */
  destroy(id: string): Promise<void>;
  /**
   * Tells whether this session exists and is listed under this owner. It does not extend the lifetime.
   * @throws {StoreUnavailable}
   */
  has(owner: Owner, id: string): Promise<boolean>;
  /**
   * Ends one of an owner's sessions, named by its device id.
   * @returns false when the owner has no such device
   * @throws {StoreUnavailable}
   */
  endDevice(owner: Owner, device: string): Promise<boolean>;
  /**
   * Ends all sessions of an owner except the one with this id.
   * @returns how many ended
   * @throws {StoreUnavailable}
   */
  endOtherDevices(owner: Owner, id: string): Promise<number>;
  /**
   * Counts the sessions that still need an old secret to open. It reads the whole store, so it is for a command,
   * never for a request.
   * @throws {StoreUnavailable}
   */
  countStale(): Promise<{ sessions: number; stale: number }>;
  /**
   * Ends all sessions of everybody. It reads the whole store, so it is for a command, never for a request.
   * @returns how many ended
   * @throws {StoreUnavailable} some may have ended
   */
  endAll(): Promise<number>;
}
