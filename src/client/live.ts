import { announce } from './announce.ts';
import { owner } from './owner.ts';
import { ownerHere, refreshPage, shownVersion } from './refresh.ts';

/** What tabs of one browser tell each other. */
type Word =
  | { kind: 'cart'; version: number }
  | { kind: 'missed' }
  | { kind: 'signed-out' }
  | { kind: 'connected'; is: boolean };

/** A tab out of sight for this long, in milliseconds, leaves the stream to another. */
const HIDDEN_FOR_LONG = 5 * 60_000;
const LONGEST_PAUSE = 60_000;
/** What a sign-in takes at most between ending the old session and its answer, in milliseconds. */
const ROTATION = 1500;

const tabs = new BroadcastChannel('satchel');
let following = false;
let waiting = false;
let signedOut = false;

/**
 * Shows changes from other devices and tabs. However many tabs are open, one of them, the holder of the
 * lock, has the stream and passes on what it hears: browsers allow six connections to a site.
 */
export function followCart(): void {
  if (!owner() || following) return;
  following = true;
  tabs.addEventListener('message', ({ data }: MessageEvent<Word & { owner: string }>) => {
    if (data.owner === owner()) void heed(data);
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void lead();
  });
  void lead();
}

/** For changes made on this page: the other tabs should not wait for the stream. */
export function tellTabs(word: Word): void {
  tabs.postMessage({ ...word, owner: owner() });
}

function say(word: Word): void {
  tellTabs(word);
  void heed(word);
}

async function heed(word: Word): Promise<void> {
  if (word.kind === 'connected') {
    document.documentElement.toggleAttribute('data-reconnecting', !word.is);
  } else if (word.kind === 'signed-out') {
    await lookWhoIsHere();
  } else if (word.kind === 'missed' || word.version > shownVersion()) {
    const before = shownVersion();
    const isOurs = document.documentElement.hasAttribute('data-sending');
    if ((await refreshPage()) && shownVersion() > before && !isOurs)
      announce('Your cart was changed.');
  }
}

/** A session also ends when its id rotates, and the new cookie comes a moment later than the word of it. */
async function lookWhoIsHere(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ROTATION));
  const here = await ownerHere();
  if (here === null || here === owner()) return;
  if (here !== '') {
    location.reload();
    return;
  }
  signedOut = true;
  announce('You were signed out. Sign in again to see your cart.', { stays: true });
}

async function lead(): Promise<void> {
  if (waiting) return;
  waiting = true;
  await navigator.locks.request('satchel-stream', () => listen());
  waiting = false;
}

/** Resolves, and so gives the lock away, when this tab has been hidden for long or was signed out. */
function listen(): Promise<void> {
  return new Promise((resolve) => {
    let pause = 1000;
    let source: EventSource;
    let hidden: number | undefined;
    let retry: number | undefined;

    function open(): void {
      source = new EventSource('/cart/events');
      source.addEventListener('open', () => {
        pause = 1000;
        say({ kind: 'connected', is: true });
      });
      source.addEventListener('cart', ({ data }: MessageEvent<string>) => {
        const { version } = JSON.parse(data) as { version: number };
        say({ kind: 'cart', version });
      });
      source.addEventListener('missed', () => say({ kind: 'missed' }));
      // The server closes the stream then. The next one is for who is signed in now, or refused.
      source.addEventListener('signed-out', () => say({ kind: 'signed-out' }));
      source.addEventListener('error', () => {
        say({ kind: 'connected', is: false });
        // An EventSource comes back by itself unless the server refused it.
        if (source.readyState !== EventSource.CLOSED) return;
        if (signedOut) stop();
        else retry = window.setTimeout(open, nextPause());
      });
    }

    function nextPause(): number {
      pause = Math.min(pause * 2, LONGEST_PAUSE);
      return pause * (0.5 + Math.random() / 2);
    }

    function stop(): void {
      source.close();
      window.clearTimeout(hidden);
      window.clearTimeout(retry);
      document.removeEventListener('visibilitychange', watchVisibility);
      resolve();
    }

    function watchVisibility(): void {
      window.clearTimeout(hidden);
      if (document.hidden) hidden = window.setTimeout(stop, HIDDEN_FOR_LONG);
    }

    document.addEventListener('visibilitychange', watchVisibility);
    open();
  });
}
