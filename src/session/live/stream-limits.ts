import { addressBlock } from '../../lib/address.ts';

/** The largest numbers of open streams: of a process, of an address and of an owner. */
export const MOST_STREAMS = { all: 10_000, address: 50, owner: 10 };

/** Counts the open streams of this process. All IPv6 addresses of a /64 count as one address. */
export function createStreamLimits() {
  const counts = new Map<string, number>();
  const add = (name: string, by: number) => {
    const count = (counts.get(name) ?? 0) + by;
    if (count === 0) counts.delete(name);
    else counts.set(name, count);
  };

  return {
    /**
     * Counts a new stream.
     * @returns a function to call when the stream ends, or the limit that does not allow the stream
     */
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
      let hasEnded = false;
      return () => {
        if (hasEnded) return;
        hasEnded = true;
        for (const name of Object.values(names)) add(name, -1);
      };
    },
  };
}
