import type { LayoutData, PageHead, ViewName, Views } from '../rendering/views.ts';

/** The data of a page. Data of the layout is optional, and replaces what the app would add. */
export type PageDataOf<V extends ViewName> = PageHead & Views[V] & Partial<LayoutData>;

/** One page in one state. `data` is what its route would give it. */
export type Entry = { [V in ViewName]: { view: V; data: PageDataOf<V> } }[ViewName];

/** Name of the entry, which is also its address -> entry. */
export type Entries = Record<string, Entry>;

/** Checks that the data is complete for this view. */
export function entry<V extends ViewName>(view: V, data: PageDataOf<V>): Entry {
  return { view, data } as Entry;
}
