/**
 * Counters over time, shared by all processes. The names are part of store keys, so callers hash whatever names a
 * person or an address.
 */
export interface Limits {
  /**
   * Counts one use in a window that opens with its first use and closes `window` milliseconds later.
   * @returns how many milliseconds to wait; 0 for the first `limit` uses
   * @throws {StoreUnavailable} the use may have been counted
   */
  use(name: string, limit: number, window: number): Promise<number>;
  /**
   * Counts an attempt as a failure before it is made, so that many attempts at once cannot bypass the limit.
   * An attempt that has to wait is not counted.
   * @throws {StoreUnavailable} the attempt may have been counted
   */
  attempt(name: string): Promise<Attempt>;
  /** Forgets the failures under this name, because an attempt succeeded. @throws {StoreUnavailable} */
  forgive(name: string): Promise<void>;
}

export interface Attempt {
  /** Milliseconds until the next attempt is allowed; 0 when this one is allowed. */
  wait: number;
  /** The number of failures in a row. It includes this attempt if it is allowed. */
  failures: number;
}

/** How failures delay the attempts after them. */
export const failureLimits = {
  /**
   * Milliseconds to wait after the first failure, the second and so on. The last one applies to all further failures.
   */
  delays: [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900].map((s) => s * 1000),
  /** Failures are forgotten after this long without a new one, in milliseconds. */
  lifetime: 24 * 3_600_000,
};
