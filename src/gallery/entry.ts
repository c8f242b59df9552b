import type { PageData } from '../plugins/views.ts';

/** One page in one state. `data` stands in for what its route would find; what the layout shows too. */
export interface Entry {
  view: string;
  data: PageData;
}

/** Speaking name, which is its address too -> entry. */
export type Entries = Record<string, Entry>;
