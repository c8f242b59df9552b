import type { OwnerEvent } from './contract/events.ts';
import type { Owner } from './contract/owner.ts';

type Listener = (event: OwnerEvent) => void;

export type Watchers = ReturnType<typeof createWatchers>;

/** The listeners of this process, by the owner that they watch. */
export function createWatchers() {
  const listeners = new Map<Owner, Set<Listener>>();

  return {
    get owners(): Owner[] {
      return [...listeners.keys()];
    },

    /** @returns true when it is the first listener of this owner */
    add(owner: Owner, listener: Listener): boolean {
      const others = listeners.get(owner);
      if (others) others.add(listener);
      else listeners.set(owner, new Set([listener]));
      return !others;
    },

    /** @returns true when it was the last listener of this owner */
    remove(owner: Owner, listener: Listener): boolean {
      const others = listeners.get(owner);
      if (!others?.delete(listener) || others.size > 0) return false;
      return listeners.delete(owner);
    },

    notify(owner: Owner, event: OwnerEvent): void {
      for (const listener of listeners.get(owner) ?? []) listener(event);
    },

    notifyAll(event: OwnerEvent): void {
      for (const owner of listeners.keys()) this.notify(owner, event);
    },
  };
}
