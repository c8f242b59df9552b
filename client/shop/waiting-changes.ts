import { isOutage } from '../live/outage.ts';
import { owner } from '../live/owner.ts';

/** A change that a person has made and the server has not acknowledged. It keeps its id, so it can be sent twice. */
export interface WaitingChange {
  action: string;
  body: string;
  /** The owner of the page. The change must not reach the cart of the next person who signs in. Empty for a visitor. */
  owner: string;
  /** When it was made, in milliseconds. */
  pressed: number;
  /** True when it was sent and no answer came. */
  waits?: boolean;
}

/** Key in the session storage, which survives a reload of this tab. */
const KEPT = 'satchel-changes';
/** Key in the local storage, which survives the tab. The next page of this browser takes the changes over. */
const LEFT = 'satchel-left';
const TRIAL = 'satchel-trial';
let changes: WaitingChange[] = [];

/** Returns true when the browser lets this page store changes. It may forbid that, or have no room. */
export function canKeepChanges(): boolean {
  try {
    return [sessionStorage, localStorage].every((storage) => {
      storage.setItem(TRIAL, '1');
      const isKept = storage.getItem(TRIAL) === '1';
      storage.removeItem(TRIAL);
      return isKept;
    });
  } catch {
    return false;
  }
}

/** @throws when the storage takes no write; then nothing has changed */
export function addChange(action: string, body: string): void {
  add({ action, body, owner: owner(), pressed: Date.now() });
}

/** Returns the next change that this page may send. A page that was rendered during an outage does not know its owner, so it keeps all changes. */
export function nextChange(): WaitingChange | undefined {
  return changes.find((change) => isOutage() || change.owner === '' || change.owner === owner());
}

export function dropChange(change: WaitingChange): void {
  keep(changes.filter(({ body }) => body !== change.body));
}

/** Notes that no answer came. All changes wait, because they are sent in order. */
export function noteWaiting(): void {
  keep(changes.map((change) => ({ ...change, waits: true })));
}

/** @returns how many were dropped */
export function dropChanges(matches: (change: WaitingChange) => boolean): number {
  const before = changes.length;
  keep(changes.filter((change) => !matches(change)));
  return before - changes.length;
}

/** Copies the changes for the next page, because this page is being left. */
export function leaveChanges(): void {
  if (changes.length === 0) return;
  localStorage.setItem(LEFT, JSON.stringify([...read(localStorage, LEFT), ...changes]));
}

/** Takes over what an earlier page of this tab has kept, and what another tab has left. */
export function adoptChanges(): void {
  changes = read(sessionStorage, KEPT);
  for (const change of read(localStorage, LEFT)) add(change);
  localStorage.removeItem(LEFT);
}

/** A change that is already there has the same id, and is not added twice. */
function add(change: WaitingChange): void {
  if (!changes.some(({ body }) => body === change.body)) keep([...changes, change]);
}

/** The write comes first, because it may fail. */
function keep(now: WaitingChange[]): void {
  sessionStorage.setItem(KEPT, JSON.stringify(now));
  changes = now;
}

/** What cannot be read was not written by this script. */
function read(storage: Storage, key: string): WaitingChange[] {
  try {
    return JSON.parse(storage.getItem(key) ?? '[]') as WaitingChange[];
  } catch {
    return [];
  }
}
