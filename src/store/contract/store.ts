import type { Answers } from './answers.ts';
import type { CartStore } from './carts.ts'; // shop
import type { OwnerEvents } from './events.ts';
import type { Clock } from './lifetimes.ts';
import type { Limits } from './limits.ts';
import type { Links } from './links.ts';
import type { Owner } from './owner.ts'; // shop
import type { SessionStore } from './sessions.ts';

/**
 * Everything that is kept outside the database. Redis and SQLite implement it, and one test suite runs against both.
 */
export interface Store {
  /** The time by which stored things expire. All processes agree on it, also when their own clocks differ. */
  readonly clock: Clock;
  sessions: SessionStore;
  carts: CartStore; // shop
  links: Links;
  answers: Answers;
  events: OwnerEvents;
  limits: Limits;
  /** Resolves when the store answers. @throws {StoreUnavailable} */
  ping(): Promise<void>;
  /**
   * Resolves when a change would work now.
   * @throws {StoreUnavailable} its cause is one sentence that says what is wrong
   */
  checkReadiness(): Promise<void>;
  /**
   * Returns a sentence for each thing that works, but that the operator should know.
   * @throws {StoreUnavailable}
   */
  readWarnings(): Promise<string[]>;
  measure(): StoreMeasures;
  close(): Promise<void>;
}

/** For the metrics. */
export interface StoreMeasures {
  /** By how much the clock of the store is ahead of the clock of this process, in milliseconds. */
  clockSkew: number;
  /** False while events of other processes are not heard. */
  isListening: boolean;
  /** How often events of other processes may have been lost. */
  listeningLosses: number;
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
