import type { Cart } from './contract/carts.ts'; // shop
import type { Clock, Lifetimes } from './contract/lifetimes.ts';
import type { Owner } from './contract/owner.ts';
import type { StoreEvents } from './contract/store.ts';

/**
 * What a backend does with session records: it keeps sealed bytes under a hashed id. A backend sees no plain text.
 * Sealing, hashing and the meaning of fields are in sealing/sealed-sessions.ts.
 */
export interface SessionBackend {
  /**
   * Loads a record with what belongs to its owner, and extends the expiry of the record, in one round trip.
   * @returns null for a record that is missing, expired or moved
   */
  load(key: string, wants: { devices: number }): Promise<StoredSession | null>;
  /**
   * Sets and removes fields. Unless `create` is set, it writes nothing to a record that is gone or moved, or that would
   * become too large. A device that is one too many for its owner ends the session that was not seen for longest.
   */
  write(key: string, record: RecordWrite): Promise<WriteOutcome>;
  /** Replaces sealed bytes. A field that is no longer what was read stays as it is. */
  reseal(key: string, fields: ResealedField[]): Promise<void>;
  /**
   * Puts a record under another key and leaves a pointer under the old one, if the old record is still what was read.
   * It is one atomic step on one server. On a cluster it takes several steps; if it is interrupted, the old record
   * stays valid, or the new one is complete.
   */
  move(from: string, to: string, move: RecordMove): Promise<'moved' | 'changed' | 'gone'>;
  /** Reads what a moved record left; null when there is no pointer under this key. */
  pointer(key: string): Promise<StoredPointer | null>;
  /**
   * Deletes a record, also when it was moved to another key, and its entry in the list of its owner's devices.
   * @param owner used when the record is damaged and has no owner
   */
  remove(key: string, owner?: Owner): Promise<void>;
  /** Returns true when a session is listed among its owner's devices. */
  isListed(owner: Owner, key: string): Promise<boolean>;
  /** Returns the keys of an owner's sessions that are listed as devices. */
  listed(owner: Owner): Promise<string[]>;
  /** Reads all records, a few at a time. For commands, never for a request. */
  scan(): AsyncIterable<{ key: string; fields: Map<string, Buffer> }>;
}

/** What a backend does with links and answers: it keeps sealed bytes under a hashed secret until they expire. */
export interface LinkBackend {
  /** Writes only where there is nothing. @returns false when there was something */
  claim(key: string, sealed: Buffer, lifetime: number): Promise<boolean>;
  write(key: string, sealed: Buffer, lifetime: number): Promise<void>;
  read(key: string): Promise<Buffer | null>;
  /** Reads and deletes in one step. */
  take(key: string): Promise<Buffer | null>;
  /** Deletes all keys with this prefix. For commands, never for a request. */
  removeAll(prefix: string): Promise<void>;
}

export interface StoredSession {
  /** The backend may return the same map again for the same bytes, so nobody may change it. */
  fields: ReadonlyMap<string, Buffer>;
  /** Stored in plain text, so that one script can find what belongs to the owner. The sealed owner must be the same. */
  owner: Owner | null;
  /** When the record expires, after this load, in milliseconds. */
  expires: number;
  cart: Cart; // shop
  /** The backend may return the same list again for the same bytes, so nobody may change it. */
  devices: StoredDevice[];
}

export interface ResealedField {
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
  /** True for a browser that has not come back yet. Such a record lives for a few hours, until it is loaded. */
  isFirstVisit?: boolean;
  set: Map<string, Buffer>;
  remove: string[];
  /** When absent, the owner stays as it is. */
  owner?: Owner;
  /** Lists this session among the owner's devices. */
  device?: Buffer;
}

export type WriteOutcome = 'written' | 'gone' | 'moved' | 'full';

export interface RecordMove {
  /** The record as it was read. */
  before: Pick<StoredSession, 'fields' | 'owner'>;
  /** All fields of the new record. */
  fields: Map<string, Buffer>;
  /** The entry of the new record among the owner's devices, when it is listed. */
  device: Buffer | null;
  /** What the old record is replaced by. */
  pointer: Buffer;
}

export interface StoredPointer {
  /** The id of the new record. Only the old id opens it. */
  sealed: Buffer;
  /** The key of the new record. */
  successor: string;
}

/** What every backend is created with. */
export interface BackendOptions {
  /** The prefix of every session key, as in the article: `session:`. */
  sessionPrefix: string;
  lifetimes: Lifetimes;
  clock: Clock;
  events: StoreEvents;
}

/**
 * The largest session record, in bytes. Fifty variables of five hundred characters need less. A write that would make a
 * record larger is refused, because a record that is too large cannot be read.
 */
export const MOST_SESSION_BYTES = 256 * 1024;

/**
 * How many sessions one sign-in ends at most, when its user has too many. Only a list of an old release has more than
 * one too many.
 */
export const MOST_ENDED = 100;

/**
 * How long what a guest has stored lives after the first request, in milliseconds. Browsers that come back do so within
 * seconds, because the answer leads them to another page. Most of the others are scripts.
 */
export const FIRST_VISIT_LIFETIME = 6 * 3_600_000;

/**
 * How long a moved record points to its successor, in milliseconds. A request that loaded the old record ends earlier.
 */
export const POINTER_LIFETIME = 30_000;

/**
 * How many pointers are followed one after the other. A session is not rotated more often within the lifetime of a
 * pointer, and pointers that were changed to form a circle must not cause endless work.
 */
export const MOST_POINTERS = 3;

/**
 * Returns by how much an expiry must have moved before it is written again, in milliseconds. It is a thousandth of the
 * lifetime, so that few requests write.
 */
export const slideStep = (idle: number) => Math.ceil(idle / 1000);

/** Returns how often the time at which a device was last seen is written at most, in milliseconds. */
export const seenStep = (idle: number) => Math.min(5 * 60_000, slideStep(idle));

/**
 * Returns how long after the last request a device is removed from the list, in milliseconds. Its session may have been
 * used one step later than the list says.
 */
export const unseenLifetime = (idle: number) => idle + seenStep(idle);
