import type { OwnerEvent } from './contract/events.ts';
import type { Owner } from './contract/owner.ts';

type Listener = (event: OwnerEvent) => void;

export type Watchers = ReturnType<typeof createWatchers>;

/** Who in this process watches which owner. */
export function createWatchers() {
  const listeners = new Map<Owner, Set<Listener>>();

  return {
    get owners(): Owner[] {
      return [...listeners.keys()];
    },

    /** @returns true for the first one of this owner */
    add(owner: Owner, listener: Listener): boolean {
      const known = listeners.get(owner);
      if (known) known.add(listener);
      else listeners.set(owner, new Set([listener]));
      return !known;
    },

    /** @returns true when nobody watches this owner any more */
    remove(owner: Owner, listener: Listener): boolean {
      const left = listeners.get(owner);
      if (!left?.delete(listener) || left.size > 0) return false;
      return listeners.delete(owner);
    },

    tell(owner: Owner, event: OwnerEvent): void {
      for (const listener of listeners.get(owner) ?? []) listener(event);
    },

    tellAll(event: OwnerEvent): void {
      for (const owner of listeners.keys()) this.tell(owner, event);
    },
  };
}
