import { announce, speak } from '../announce.ts';
import { changedLines, describeChange, linesOf } from '../shop/cart-lines.ts';
import { owner } from './owner.ts';
import { catchUp, lookAgain, newestVersion, ownerHere, refreshPage } from './refresh.ts';
import { listen, type Word } from './stream.ts';

/** What a sign-in takes at most between ending the old session and its answer, in milliseconds. */
const ROTATION = 1500;

let tabs: BroadcastChannel | undefined;
/** Ours in the line for the stream, while we stand in it or have the stream. */
let place: AbortController | undefined;
let hasStream = false;
let signedOut = false;

/**
 * Shows changes from other devices and tabs. However many tabs are open, one of them, the holder of the
 * lock, has the stream and passes on what it hears: browsers allow six connections to a site.
 */
export function followCart(): void {
  joinTabs();
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) comeBack();
  });
  window.addEventListener('online', comeBack);
  // The back/forward cache takes no page that holds a lock, and drops one that is told something.
  window.addEventListener('pagehide', () => {
    place?.abort();
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
  tabs = new BroadcastChannel('satchel');
  tabs.addEventListener('message', ({ data }: MessageEvent<Word & { owner: string }>) => {
    if (data.kind === 'joined') return welcome(data.owner);
    // A visitor becomes somebody in whichever tab.
    const isOurs = data.owner === owner() || (owner() === '' && data.kind === 'cart');
    if (isOurs) void handle(data).then(joinStream);
  });
  // This page may be older than what the stream last said: it was on its way, or fetched ahead.
  tellTabs({ kind: 'joined' });
}

/** Stands in line for the stream, once. */
export function joinStream(): void {
  if (place || signedOut || !owner()) return;
  place = new AbortController();
  const { signal } = place;
  const leave = () => (place = undefined);
  navigator.locks
    .request('satchel-stream', { signal }, () => lead(signal))
    // Rejected where we left before it was our turn.
    .then(leave, leave);
}

async function lead(signal: AbortSignal): Promise<void> {
  if (signedOut) return;
  hasStream = true;
  await listen({ say, isStillOurs, signal });
  hasStream = false;
}

/** Who has no stream is told what it last said. */
function welcome(newcomer: string): void {
  if (hasStream && newcomer === owner()) tellTabs({ kind: 'cart', version: newestVersion() });
}

/** A device that slept, or was without a network, may have missed what was said meanwhile. */
function comeBack(): void {
  joinStream();
  if (owner()) void handle({ kind: 'missed' });
}

/** For changes made on this page: the other tabs should not wait for the stream. */
export function tellTabs(word: Word): void {
  tabs?.postMessage({ ...word, owner: owner() });
}

function say(word: Word): void {
  tellTabs(word);
  void handle(word);
}

async function handle(word: Word): Promise<void> {
  if (signedOut) return beginAgain();
  const before = linesOf(document);
  if (word.kind === 'signed-out') {
    await new Promise((resolve) => setTimeout(resolve, ROTATION));
    await isStillOurs();
  } else if (word.kind === 'missed') {
    if (await lookAgain()) sayChanged(before);
  } else {
    if (word.kind === 'connected') {
      document.documentElement.toggleAttribute('data-reconnecting', !word.is);
    }
    if (await catchUp(word.kind === 'cart' ? word.version : 0)) sayChanged(before);
  }
}

function sayChanged(before: ReturnType<typeof linesOf>): void {
  announce(describeChange(changedLines(before, linesOf(document))));
}

/** What the page shows of the cart stays as it was, but takes no press: it would fill a new guest's. */
export function saySignedOut(words: string): void {
  signedOut = true;
  document.documentElement.removeAttribute('data-reconnecting');
  const parts = [...document.querySelectorAll<HTMLElement>('[data-live], .signed-out')];
  const hadFocus = parts.some((part) => part.contains(document.activeElement));
  for (const part of parts) part.inert = true;
  const notice = document.createElement('p');
  notice.className = 'notice notice-error signed-out';
  const link = document.createElement('a');
  link.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = 'Sign in';
  notice.append(words, ' ', link);
  document.querySelector('.signed-out')?.remove();
  document.querySelector('main')?.prepend(notice);
  // What is inert loses the focus, and who had it there would be thrown back to the top.
  if (hadFocus) link.focus();
  speak(words);
}

export function isSignedOut(): boolean {
  return signedOut;
}

/** Somebody has signed in here again, in another tab: the page that said it is nobody's is theirs. */
async function beginAgain(): Promise<void> {
  if (await ownerHere()) location.reload();
}

/**
 * Says it on the page when it is nobody's any more. A session also ends when its id rotates; the new cookie
 * comes a moment later than the word of it.
 */
async function isStillOurs(): Promise<boolean> {
  if (signedOut) return false;
  const here = await ownerHere();
  if (here === null || here === owner()) return true;
  // Said meanwhile, and perhaps more of it.
  if (signedOut) return false;
  if (here === '') {
    saySignedOut('You were signed out. Sign in again to continue.');
  } else {
    location.reload();
  }
  return false;
}
