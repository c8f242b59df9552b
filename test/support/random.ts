export interface Random {
  /** A whole number from 0, below `limit`. */
  (limit: number): number;
  choose<T>(from: readonly T[]): T;
}

/** Returns random numbers that are the same for the same seed, so that a failure can be reproduced (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed;
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  return Object.assign(below, {
    choose: <T>(from: readonly T[]): T => from[below(from.length)]!,
  });
}
