import type { Answers } from './answers.ts';
import type { CartStore } from './carts.ts'; // shop
import type { OwnerEvents } from './events.ts';
import type { Limits } from './limits.ts';
import type { Links } from './links.ts';
import type { Owner } from './owner.ts'; // shop
import type { SessionStore } from './sessions.ts';

/**
 * Everything that is kept outside the database. Redis and SQLite implement it, and one test suite runs against both.
 */
export interface Store {
  sessions: SessionStore;
  carts: CartStore; // shop
  links: Links;
  answers: Answers;
  events: OwnerEvents;
  limits: Limits;
  /** Resolves when the store answers. @throws {StoreUnavailable} */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** One question to the store and its answer. */
export interface RoundTrip {
  /** The purpose: the name of a script or of a transaction. */
  command: string;
  milliseconds: number;
  /** False when the store failed. */
  answered: boolean;
}

/** What the store reports to the app. */
export interface StoreEvents {
  onRoundTrip(trip: RoundTrip): void;
  /** A session record could not be opened and was deleted. `session` is the hash of its id. */
  onDamaged(session: string, reason: string): void;
  /** A user signed in on one device too many, so the session of another device was ended. */
  onDeviceEnded(session: string): void;
  // shop {
  /** A damaged cart was moved to the quarantine. */
  onDamagedCart(owner: Owner): void;
  // } shop
  /** The connection failed, or background work failed. The store tries again by itself. */
  onError(error: Error): void;
}
