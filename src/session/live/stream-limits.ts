import { addressBlocks } from '../../lib/address.ts';

/** The largest numbers of open streams: of a process, of an address and of an owner. A wider block may have more. */
export const MOST_STREAMS = { all: 10_000, address: 50, owner: 10 };

/** Counts the open streams of this process. The wider blocks of IPv6 addresses are limited too. */
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
      const counters = countersOf(address, owner);
      const full = counters.find(({ name, most }) => (counts.get(name) ?? 0) >= most);
      if (full) return full.limit;
      for (const { name } of counters) add(name, 1);
      let hasEnded = false;
      return () => {
        if (hasEnded) return;
        hasEnded = true;
        for (const { name } of counters) add(name, -1);
      };
    },
  };
}

/** Returns what a stream counts for: the limit, the name of the counter, and its largest number. */
function countersOf(address: string, owner: string) {
  return [
    { limit: 'all', name: 'all', most: MOST_STREAMS.all },
    ...addressBlocks(address).map(({ block, share }) => ({
      limit: 'address' as const,
      name: `address ${block}`,
      most: MOST_STREAMS.address * share,
    })),
    { limit: 'owner', name: `owner ${owner}`, most: MOST_STREAMS.owner },
  ] as const;
}
