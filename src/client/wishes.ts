import { isOutage } from './outage.ts';
import { owner } from './owner.ts';

/** A change that was pressed and has not been acknowledged yet. It keeps its id, so sending it twice does no harm. */
export interface Wish {
  action: string;
  body: string;
  /** Whose it is: it must not reach the cart of who signs in next. Empty for a visitor, who becomes somebody by it. */
  owner: string;
  /** Has nobody answered it yet? */
  waits?: boolean;
}

/** Outlives a reload of this tab. */
const STORAGE_KEY = 'satchel-wishes';
let wishes = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? '[]') as Wish[];

export function addWish(wish: Omit<Wish, 'owner'>): void {
  keep([...wishes, { ...wish, owner: owner() }]);
}

/** On a page of nobody's, all but a visitor's wait. Whose a page of an outage is, only the next one tells. */
export function nextWish(): Wish | undefined {
  return wishes.find((wish) => isOutage() || wish.owner === '' || wish.owner === owner());
}

export function dropWish(wish: Wish): void {
  keep(wishes.filter((each) => each !== wish));
}

/** All that are there wait for the one that nobody answered. */
export function noteWaiting(): void {
  keep(wishes.map((wish) => ({ ...wish, waits: true })));
}

/** @returns how many there were */
export function dropWishesOf(isTheirs: (owner: string) => boolean): number {
  const before = wishes.length;
  keep(wishes.filter((wish) => !isTheirs(wish.owner)));
  return before - wishes.length;
}

function keep(now: Wish[]): void {
  wishes = now;
  sessionStorage.setItem(STORAGE_KEY, JSON.stringify(wishes));
}
