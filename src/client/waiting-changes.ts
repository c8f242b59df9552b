import { isOutage } from './outage.ts';
import { owner } from './owner.ts';

/** A change that was pressed and has not been acknowledged yet. It keeps its id, so sending it twice does no harm. */
export interface WaitingChange {
  action: string;
  body: string;
  /** Whose it is: it must not reach the cart of who signs in next. Empty for a visitor, who becomes somebody by it. */
  owner: string;
  /** Has nobody answered it yet? */
  waits?: boolean;
}

/** Outlives a reload of this tab. */
const STORAGE_KEY = 'satchel-changes';
let changes = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? '[]') as WaitingChange[];

export function addChange(change: Omit<WaitingChange, 'owner'>): void {
  keep([...changes, { ...change, owner: owner() }]);
}

/** On a page of nobody's, all but a visitor's wait. Whose a page of an outage is, only the next one tells. */
export function nextChange(): WaitingChange | undefined {
  return changes.find((change) => isOutage() || change.owner === '' || change.owner === owner());
}

export function dropChange(change: WaitingChange): void {
  keep(changes.filter((each) => each !== change));
}

/** All that are there wait for the one that nobody answered. */
export function noteWaiting(): void {
  keep(changes.map((change) => ({ ...change, waits: true })));
}

/** @returns how many there were */
export function dropChangesOf(isTheirs: (owner: string) => boolean): number {
  const before = changes.length;
  keep(changes.filter((change) => !isTheirs(change.owner)));
  return before - changes.length;
}

function keep(now: WaitingChange[]): void {
  changes = now;
  sessionStorage.setItem(STORAGE_KEY, JSON.stringify(changes));
}
