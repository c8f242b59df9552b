import { createBackOff } from './back-off.ts';
import { takeToken, tokenOf } from '../forms/csrf-token.ts';
import { fetchDocument } from './fetch-document.ts';
import { isOutage } from './outage.ts';
import { owner, setOwner } from './owner.ts';
import { replaceParts } from './replace-parts.ts';

/** In milliseconds. */
const LONGEST_PAUSE = 5000;

/** The newest version that somebody told us of. */
let heard = 0;
/** The newest version that came of this page's own changes. */
let own = 0;
let held = false;
let catchingUp: Promise<void> | undefined;

/** The newest version of the cart that this page has heard of. */
export function newestVersion(): number {
  return Math.max(heard, shownVersion());
}

/** The version of the cart that this page shows. */
function shownVersion(): number {
  return versionOf(document);
}

/** While changes of this page are on their way, what others tell would show the cart without them. */
export function holdRefresh(is: boolean): void {
  held = is;
}

export function noteOwnVersion(version: number): void {
  own = Math.max(own, version);
}

/** Is what this page's own changes made of the cart on it? */
export function showsOwn(): boolean {
  return shownVersion() >= own;
}

/**
 * Shows this version of the cart or a newer one; without one, the newest that was told of. One fetch at a time.
 * @returns whether it shows a change that was made elsewhere
 */
export async function catchUp(version = 0): Promise<boolean> {
  heard = Math.max(heard, version);
  if (held) return false;
  if (catchingUp) {
    await catchingUp;
    return false;
  }
  const before = shownVersion();
  catchingUp = fetchUntilShown();
  await catchingUp;
  catchingUp = undefined;
  return shownVersion() > Math.max(before, own);
}

async function fetchUntilShown(): Promise<void> {
  const backOff = createBackOff(LONGEST_PAUSE);
  while (heard > shownVersion()) {
    const shown = shownVersion();
    const isFresh = await refreshPage();
    if (held) break;
    if (!isFresh) {
      await new Promise((resolve) => setTimeout(resolve, backOff.next()));
    } else if (shownVersion() === shown) {
      // The cart began anew, which no version tells.
      heard = shown;
    }
  }
}

/**
 * Shows the cart as it is now, whatever was told of it.
 * @returns whether it shows a change that was made elsewhere
 */
export async function lookAgain(): Promise<boolean> {
  const before = shownVersion();
  await refreshPage();
  return shownVersion() > Math.max(before, own);
}

/**
 * Fetches this page anew and puts its live parts, the elements with `data-live`, in the place of ours.
 * An answer that is older than what is shown is dropped, and one that changes of this page overtook.
 * @returns false when the page could not be fetched, the store is out of reach, or the page is somebody else's now and loads anew
 */
export async function refreshPage(): Promise<boolean> {
  const fresh = await fetchDocument(location.href);
  if (!fresh || isOutage(fresh)) return false;
  // What is replaced while it is held down takes no click.
  while (document.querySelector('button:active, a:active')) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { owner: freshOwner = '' } = fresh.documentElement.dataset;
  const becameGuest = owner() === '' && tokenOf(fresh) === '';
  if (owner() !== freshOwner && !becameGuest) {
    // Somebody else is signed in now, or nobody: nothing of this page is theirs to see.
    location.reload();
    return false;
  }
  setOwner(freshOwner);
  takeToken(fresh);
  if (held || versionOf(fresh) < Math.max(shownVersion(), own)) return true;
  document.documentElement.dataset.cartVersion = String(versionOf(fresh));
  replaceParts(fresh, 'data-live');
  return true;
}

/** Whose pages this browser gets now; empty for a visitor, null when nobody answers, or nobody who knows. */
export async function ownerHere(): Promise<string | null> {
  const fresh = await fetchDocument('/shop');
  if (!fresh || isOutage(fresh)) return null;
  const { owner: here = '' } = fresh.documentElement.dataset;
  if (here === owner()) takeToken(fresh);
  return here;
}

function versionOf({ documentElement }: Document): number {
  return Number(documentElement.dataset.cartVersion ?? 0);
}
