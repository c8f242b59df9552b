import { announce } from '../announce.ts';
import { locks } from './locks.ts';
import { owner } from './owner.ts';
import { catchUp, checkAgain, currentOwner, newestVersion, refreshPage } from './refresh.ts';
import { isSignedOut, showSignedOut } from './signed-out.ts';
import { readStream, type Message } from './stream.ts';

/** The longest time between the end of the old session and the answer of a sign-in, in milliseconds. */
const ROTATION = 1500;
/** Changes that follow one another faster than this are described in one message. In milliseconds. */
const REST = 1500;

let tabs: BroadcastChannel | undefined;
/** Ends our request for the stream, or the stream itself. */
let request: AbortController | undefined;
let hasStream = false;

/** Returns a function that describes what a refresh has changed. It is called before the refresh. */
let describeChanges: () => () => string = () => () => 'This page was updated.';
/** Describes what has changed since the last message, while changes still come. */
let describeAll: (() => string) | undefined;
let rest: number | undefined;

export function describeRefreshWith(describe: () => () => string): void {
  describeChanges = describe;
}

/**
 * Shows changes from other devices and tabs. Of all open tabs, only the one that holds a lock has the event stream, and
 * it passes on what the stream says: a browser allows six connections to a site. Where there are no locks, each tab has
 * a stream while it is visible.
 */
export function followOwner(): void {
  joinTabs();
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) checkForMissed();
  });
  window.addEventListener('online', checkForMissed);
  // The back/forward cache takes no page that holds a lock, and drops a page that receives a message.
  window.addEventListener('pagehide', () => {
    request?.abort();
    tabs?.close();
    tabs = undefined;
  });
  window.addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    joinTabs();
    void refreshPage().then(joinStream);
  });
  joinStream();
}

function joinTabs(): void {
  // Safari before 15.4 has none. There a tab catches up when it is seen.
  if (!('BroadcastChannel' in window)) return;
  tabs = new BroadcastChannel('satchel');
  tabs.addEventListener('message', ({ data }: MessageEvent<Message & { owner: string }>) => {
    if (data.kind === 'joined') return welcome(data.owner);
    // A visitor gets an owner in whichever tab they act first.
    const isOurs = data.owner === owner() || (owner() === '' && data.kind === 'changed');
    if (isOurs) void handle(data).then(joinStream);
  });
  // This page may be older than the last message, because it was loaded before or fetched ahead.
  tellTabs({ kind: 'joined' });
}

/** Asks for the lock of the stream, once. */
export function joinStream(): void {
  if (request || isSignedOut() || !owner()) return;
  request = new AbortController();
  const { signal } = request;
  const leave = () => (request = undefined);
  // Rejected when the request was aborted before it got the lock, or when the browser refuses.
  waitForLead(signal).then(leave, leave);
}

async function waitForLead(signal: AbortSignal): Promise<void> {
  if (!locks) return lead(signal);
  await locks.request('satchel-stream', { signal }, () => lead(signal));
}

async function lead(signal: AbortSignal): Promise<void> {
  if (isSignedOut()) return;
  hasStream = true;
  await readStream({ onMessage: passOn, isStillOurs, signal });
  hasStream = false;
}

/** Tells a new tab what the stream said last. */
function welcome(newcomer: string): void {
  if (hasStream && newcomer === owner()) tellTabs({ kind: 'changed', version: newestVersion() });
}

/** A device that slept or had no network may have missed messages. */
function checkForMissed(): void {
  joinStream();
  if (owner()) void handle({ kind: 'missed' });
}

/** Tells the other tabs about a change of this page, so that they need not wait for the stream. */
export function tellTabs(message: Message): void {
  tabs?.postMessage({ ...message, owner: owner() });
}

function passOn(message: Message): void {
  tellTabs(message);
  void handle(message);
}

async function handle(message: Message): Promise<void> {
  if (isSignedOut()) return startAgain();
  const describe = describeChanges();
  if (message.kind === 'signed-out') {
    await new Promise((resolve) => setTimeout(resolve, ROTATION));
    await isStillOurs();
  } else if (message.kind === 'missed' || isBehindUs(message)) {
    if (await checkAgain()) announceAtRest(describe);
  } else {
    if (message.kind === 'connected') {
      document.documentElement.toggleAttribute('data-reconnecting', !message.is);
    }
    const version = 'version' in message ? message.version : 0;
    if (await catchUp(version)) announceAtRest(describe);
  }
}

/** Returns true when the store has an older version than this page knows of. */
function isBehindUs(message: Message): boolean {
  return message.kind === 'current' && message.version < newestVersion();
}

/** One message for a burst of changes. A screen reader would read each of several messages in full. */
function announceAtRest(describe: () => string): void {
  describeAll ??= describe;
  window.clearTimeout(rest);
  rest = window.setTimeout(() => {
    if (describeAll) announce(describeAll());
    describeAll = undefined;
  }, REST);
}

/** Loads the page again when somebody has signed in in another tab. */
async function startAgain(): Promise<void> {
  if (await currentOwner()) location.reload();
}

/**
 * Checks whether the page still belongs to the owner of this browser, and says so when it does not. A session also ends
 * when its id rotates; then the browser gets the new cookie a moment after the event.
 */
async function isStillOurs(): Promise<boolean> {
  if (isSignedOut()) return false;
  const current = await currentOwner();
  if (current === null || current === owner()) return true;
  // Another message may have said so in the meantime.
  if (isSignedOut()) return false;
  if (current === '') {
    showSignedOut('You were signed out. Sign in again to continue.');
  } else {
    location.reload();
  }
  return false;
}
