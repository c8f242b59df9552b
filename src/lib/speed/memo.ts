/** For speed only: without this file the shop is the same and slower. */

/**
 * A cache for values that depend only on their key. It has two halves: when the new half is full, it replaces the old
 * one, and entries that were not used since are evicted. docs/performance.md says what each use of it saves.
 */
export class Memo<Value> {
  readonly #half: number;
  #new = new Map<string, Value>();
  #old = new Map<string, Value>();

  /** @param most the largest number of entries */
  constructor(most: number) {
    this.#half = Math.ceil(most / 2);
  }

  /** Returns the cached value, or makes it. `null` is not cached, so that wrong input cannot evict other entries. */
  get(key: string, make: () => Value): Value;
  get(key: string, make: () => Value | null): Value | null;
  get(key: string, make: () => Value | null): Value | null {
    const cached = this.#new.get(key);
    if (cached !== undefined) return cached;
    const value = this.#old.get(key) ?? make();
    if (value !== null) this.#add(key, value);
    return value;
  }

  #add(key: string, value: Value): void {
    if (this.#new.size >= this.#half) {
      this.#old = this.#new;
      this.#new = new Map();
    }
    this.#new.set(key, value);
  }
}
