import type { User } from '../database/schema.ts';

export const ada: User = {
  id: 'made-up',
  name: 'Ada Traveller',
  email: 'ada@example.com',
  website: 'https://ada.example',
  passwordHash: '',
  devicesMarked: 1,
  passwordVersion: 1,
  isDemo: false,
  createdAt: new Date('2026-03-14T12:00Z'),
};

/** The longest values that the forms allow, without a blank at which a browser could break the line. */
export const longest: User = {
  ...ada,
  name: 'Wolfeschlegelsteinhausen'.repeat(4).slice(0, 80),
  email: `${'far.away.from.home.'.repeat(20).slice(0, 241)}x@example.com`,
  website: `https://example.com/${'far/away/'.repeat(20)}`,
};

/** What the layout needs to know about a user. */
export function signedIn(user: User) {
  return { user, csrf: 'made-up' };
}
