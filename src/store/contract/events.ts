import type { Owner } from './owner.ts';

/** What is sent to everybody who watches an owner. */
export type OwnerEvent =
  | { kind: 'cart'; version: number } // shop
  /** A session of this owner has ended; `session` is the hash of its id. */
  | { kind: 'ended'; session: string }
  /**
   * Events may have been lost, because the connection was down or another process wrote. The listener must read the
   * current state.
   */
  | { kind: 'missed' };

export interface OwnerEvents {
  /**
   * Calls `listener` within a second after an event of this owner, whichever process caused it. All listeners of a
   * process share one connection to the store. After the promise has resolved, no event is lost without a `missed`.
   * @returns a function that stops watching
   * @throws {StoreUnavailable}
   */
  watch(owner: Owner, listener: (event: OwnerEvent) => void): Promise<() => void>;
}
