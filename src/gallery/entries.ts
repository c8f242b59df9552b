import { accountEntries } from './account.ts';
import { cartEntries } from './cart.ts';
import { doorEntries } from './doors.ts';
import type { Entries } from './entry.ts';
import { errorEntries } from './errors.ts';
import { sessionEntries } from './session.ts';
import { shopEntries } from './shop.ts';

/** Heading of the index -> what is below it. */
export const groups: Record<string, Entries> = {
  Shop: shopEntries,
  Cart: cartEntries,
  Doors: doorEntries,
  Yours: accountEntries,
  Session: sessionEntries,
  Problems: errorEntries,
};

export const entries = new Map(Object.values(groups).flatMap((group) => Object.entries(group)));
