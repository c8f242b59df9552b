import { isOutage } from '../live/outage.ts';
import { owner } from '../live/owner.ts';

/** A change that was pressed and has not been acknowledged yet. It keeps its id, so sending it twice does no harm. */
export interface WaitingChange {
  action: string;
  body: string;
  /** Whose it is: it must not reach the cart of who signs in next. Empty for a visitor, who becomes somebody by it. */
  owner: string;
  /** When, in milliseconds. */
  pressed: number;
  /** Has nobody answered it yet? */
  waits?: boolean;
}

/** Outlives a reload of this tab. */
const KEPT = 'satchel-changes';
/** Outlives the tab: whichever page of this browser comes next takes them over. */
const LEFT = 'satchel-left';
let changes = read(sessionStorage, KEPT);

export function addChange(action: string, body: string): void {
  add({ action, body, owner: owner(), pressed: Date.now() });
}

/** On a page of nobody's, all but a visitor's wait. Whose a page of an outage is, only the next one tells. */
export function nextChange(): WaitingChange | undefined {
  return changes.find((change) => isOutage() || change.owner === '' || change.owner === owner());
}

export function dropChange(change: WaitingChange): void {
  keep(changes.filter(({ body }) => body !== change.body));
}

/** All that are there wait for the one that nobody answered. */
export function noteWaiting(): void {
  keep(changes.map((change) => ({ ...change, waits: true })));
}

/** @returns how many there were */
export function dropChanges(isMeant: (change: WaitingChange) => boolean): number {
  const before = changes.length;
  keep(changes.filter((change) => !isMeant(change)));
  return before - changes.length;
}

/** For a page that is left, perhaps for good. */
export function leaveChanges(): void {
  if (changes.length === 0) return;
  localStorage.setItem(LEFT, JSON.stringify([...read(localStorage, LEFT), ...changes]));
}

/** What a page left that is gone. The next one of its tab has them already. */
export function adoptChanges(): void {
  for (const change of read(localStorage, LEFT)) add(change);
  localStorage.removeItem(LEFT);
}

/** One that was pressed again keeps its id, so it is there already. */
function add(change: WaitingChange): void {
  if (!changes.some(({ body }) => body === change.body)) keep([...changes, change]);
}

function keep(now: WaitingChange[]): void {
  changes = now;
  sessionStorage.setItem(KEPT, JSON.stringify(changes));
}

function read(storage: Storage, key: string): WaitingChange[] {
  return JSON.parse(storage.getItem(key) ?? '[]') as WaitingChange[];
}
