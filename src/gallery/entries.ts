import { accountEntries } from './account.ts';
import { dashboardEntries } from './dashboard.ts';
import type { Entries } from './entry.ts';
import { errorEntries } from './errors.ts';
import { sessionEntries } from './session.ts';
import { cartEntries } from './shop/cart.ts'; // shop
import { catalogEntries } from './shop/catalog.ts'; // shop
import { signInEntries } from './sign-in.ts';

/** Heading of the index -> the entries below it. */
export const groups: Record<string, Entries> = {
  Shop: catalogEntries, // shop
  Cart: cartEntries, // shop
  'Sign in': signInEntries,
  Dashboard: dashboardEntries,
  Account: accountEntries,
  Session: sessionEntries,
  Problems: errorEntries,
};

export const entries = new Map(Object.values(groups).flatMap((group) => Object.entries(group)));
