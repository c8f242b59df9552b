/**
 * Remembers what was made of the last keys, at most so many: when the young half is full, the old half goes.
 * For what depends on its key alone.
 */
export class Memo<Value> {
  readonly #half: number;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();

  constructor(most: number) {
    this.#half = Math.ceil(most / 2);
  }

  /** A failure, which is null, is made anew each time: nobody can fill the memory with those. */
  get(key: string, make: () => Value): Value;
  get(key: string, make: () => Value | null): Value | null;
  get(key: string, make: () => Value | null): Value | null {
    const known = this.#young.get(key);
    if (known !== undefined) return known;
    const value = this.#old.get(key) ?? make();
    if (value !== null) this.#remember(key, value);
    return value;
  }

  #remember(key: string, value: Value): void {
    if (this.#young.size >= this.#half) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }
}
