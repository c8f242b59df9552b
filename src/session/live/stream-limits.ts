import { addressBlock } from '../../lib/address.ts';

/** Streams are held open, so there is an end to how many: for all, for an address, for an owner. */
export const MOST_STREAMS = { all: 10_000, address: 50, owner: 10 };

/** Counts in this process alone. An IPv6 address stands for its /64. */
export function createStreamLimits() {
  const counts = new Map<string, number>();
  const add = (name: string, by: number) => {
    const count = (counts.get(name) ?? 0) + by;
    if (count === 0) counts.delete(name);
    else counts.set(name, count);
  };

  return {
    /** @returns a function that gives the place back, or which limit there is no place under */
    take(address: string, owner: string): (() => void) | keyof typeof MOST_STREAMS {
      const names = {
        all: 'all',
        address: `address ${addressBlock(address)}`,
        owner: `owner ${owner}`,
      };
      for (const limit of ['all', 'address', 'owner'] as const) {
        if ((counts.get(names[limit]) ?? 0) >= MOST_STREAMS[limit]) return limit;
      }
      for (const name of Object.values(names)) add(name, 1);
      let given = false;
      return () => {
        if (given) return;
        given = true;
        for (const name of Object.values(names)) add(name, -1);
      };
    },
  };
}
