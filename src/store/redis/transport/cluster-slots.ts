import { Command, type Cluster } from 'ioredis';

/** How many slots every cluster has. */
const SLOTS = 16_384;

/** Returns `host:port` of the master that has a key; empty when nobody has it. */
export function serverOf({ slots }: Cluster, key: string): string {
  return slots[slotOf(key)]?.[0] ?? '';
}

/**
 * Returns one hash tag for each master: a key with this tag is stored there. If some slots have no master, there is also a
 * tag that is in one of these.
 */
export function tagsOfMasters({ slots }: Cluster): string[] {
  const missing = new Set(Array.from({ length: SLOTS }, (_, slot) => slots[slot]?.[0]));
  const tags: string[] = [];
  for (let number = 0; missing.size > 0; number += 1) {
    const tag = `ready-${number}`;
    if (missing.delete(slots[slotOf(tag)]?.[0])) tags.push(tag);
  }
  return tags;
}

/** ioredis computes the slot of a command, and has no function for a key. */
function slotOf(key: string): number {
  return new Command('get', [key]).getSlot();
}
