import type { Cart, Clock, Lifetimes, Owner, StateEvents } from './contract.ts';

/**
 * Where session records are kept: sealed bytes under a hashed id. The homes know no plaintext;
 * sealing, hashing and the meaning of fields live above them, in sealed-sessions.ts.
 */
export interface SessionRecords {
  /** Loads a record, slides its expiry and brings its owner's cart: one round trip. */
  load(key: string, wants: { devices: boolean }): Promise<StoredSession | null>;
  /**
   * Sets and removes fields.
   * @returns false, with nothing written, when `create` is not set and the record is gone
   */
  write(key: string, record: RecordWrite): Promise<boolean>;
  /** Replaces sealed bytes by others, each only where they are still what was read. */
  reseal(key: string, fields: Resealed[]): Promise<void>;
  /** Deletes the record and its entry among its owner's devices; name the owner where the record may have lost it. */
  remove(key: string, owner?: Owner): Promise<void>;
  /** The keys of an owner's sessions that are listed as devices. */
  listed(owner: Owner): Promise<string[]>;
  /** Walks through all records, a few at a time: for commands, never for a request. */
  scan(): AsyncIterable<{ key: string; fields: Map<string, Buffer> }>;
}

/** Where links are kept: sealed bytes under a hashed token, until they expire. */
export interface LinkRecords {
  write(key: string, sealed: Buffer, lifetime: number): Promise<void>;
  read(key: string): Promise<Buffer | null>;
  /** Reads and deletes in one step. */
  take(key: string): Promise<Buffer | null>;
}

export interface StoredSession {
  /** A home may give the same map again for the same bytes; nobody changes it. */
  fields: ReadonlyMap<string, Buffer>;
  /** Plain, so that one script finds the cart; the sealed owner must agree. */
  owner: Owner | null;
  /** When the record expires, after the slide. */
  expires: number;
  cart: Cart;
  devices: StoredDevice[];
}

export interface Resealed {
  field: string;
  before: Buffer;
  after: Buffer;
}

export interface StoredDevice {
  key: string;
  sealed: Buffer;
  seen: number;
}

export interface RecordWrite {
  create: boolean;
  set: Map<string, Buffer>;
  remove: string[];
  /** Left as it is where absent. */
  owner?: Owner;
  /** Lists this session among the owner's devices. */
  device?: Buffer;
}

/** What both homes are made with. */
export interface HomeOptions {
  /** Before every session key, as in the article: `session:`. */
  sessionPrefix: string;
  lifetimes: Lifetimes;
  clock: Clock;
  events: StateEvents;
}

/** More than a session of ours can ever hold, in bytes: fifty variables of five hundred characters, and then some. */
export const MOST_SESSION_BYTES = 256 * 1024;

/** More changes than a cart can ever have had. Far below what Lua prints as 1e+14, and cjson too. */
export const MOST_VERSION = 1e13;

/** A damaged cart is kept aside this long, in milliseconds. */
export const QUARANTINE_LIFETIME = 30 * 86_400_000;

/** An expiry slides once it has moved by a thousandth, so that a busy session is not rewritten at every request. */
export const slideStep = (idle: number) => Math.ceil(idle / 1000);

/** Last-seen times are written at most this often, in milliseconds. */
export const seenStep = (idle: number) => Math.min(5 * 60_000, slideStep(idle));

/** A device is forgotten after this long, in milliseconds: its session may have been used a step later than was written. */
export const unseenLifetime = (idle: number) => idle + seenStep(idle);

export const cartLifetime = (owner: Owner, lifetimes: Lifetimes) =>
  owner.startsWith('user-') ? lifetimes.userCart : lifetimes.guestCart;

/**
 * How long changes that were on their way to a merged cart follow it, in milliseconds: longer than any
 * request can take, and short, since whoever holds the guest's session could write to the user's cart.
 */
export const MOVED_LIFETIME = 60_000;
