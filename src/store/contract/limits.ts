/**
 * Counters over time, shared by all processes. The names are part of store keys, so callers hash whatever names a
 * person or an address.
 */
export interface Limits {
  /**
   * Counts one use in a window that opens with its first use and closes `window` milliseconds later.
   * @returns how many milliseconds to wait, at most `window`; 0 for the first `limit` uses
   * @throws {StoreUnavailable} the use may have been counted
   */
  use(name: string, limit: number, window: number): Promise<number>;
  /** Forgets the uses under this name, because the person it stands for is gone. @throws {StoreUnavailable} */
  clear(name: string): Promise<void>;
  /**
   * Counts an attempt as a failure before it is made, so that many attempts at once cannot bypass the limit.
   * An attempt that has to wait is not counted.
   * @param source where the attempt comes from, when `name` is attempted from many places. Each source has its own
   * failures and waits for them. The failures of all sources count together as well, as `failureLimits.together` says.
   * @throws {StoreUnavailable} the attempt may have been counted
   */
  attempt(name: string, source?: string): Promise<Attempt>;
  /**
   * Forgets the failures under this name because an attempt succeeded. With a source, it forgets the failures of this
   * source and takes back this attempt from those of all sources together: somebody may still be guessing elsewhere.
   * @throws {StoreUnavailable}
   */
  forgive(name: string, source?: string): Promise<void>;
}

export interface Attempt {
  /**
   * Milliseconds until the next attempt is allowed; 0 when this one is allowed. It is never longer than the delay that
   * belongs to the number of failures, also when the clock was set back after them.
   */
  wait: number;
  /** The number of failures in a row, of this source if there is one. It includes this attempt if it is allowed. */
  failures: number;
}

/** After the free failures the delay doubles, from a second to a quarter of an hour. */
const doubling = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900].map((seconds) => seconds * 1000);
const withFree = (free: number) => [...Array.from({ length: free - 1 }, () => 0), ...doubling];

/** How failures delay the attempts after them. */
export const failureLimits = {
  /**
   * Milliseconds to wait after the first failure, the second and so on. The last one applies to all further failures.
   */
  delays: withFree(5),
  /** The same for the failures of all sources together. */
  together: withFree(60),
  /**
   * How many failures of one source count together with those of other sources. As long as the other sources need not
   * wait, further ones do not count, so that a single source cannot make the others wait, however long it goes on.
   */
  mostOfOneSource: 10,
  /** Failures are forgotten after this long without a new one, in milliseconds. */
  lifetime: 24 * 3_600_000,
};
