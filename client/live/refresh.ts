import { takeToken, tokenOf } from '../forms/csrf-token.ts';
import { createBackOff } from './back-off.ts';
import { fetchDocument } from './fetch-document.ts';
import { isOutage } from './outage.ts';
import { owner, setOwner } from './owner.ts';
import { replaceParts } from './replace-parts.ts';

/** In milliseconds. */
const LONGEST_PAUSE = 5000;

/** The newest version that the server or another tab has told. */
let told = 0;
/** The newest version that was made by changes of this page. */
let own = 0;
let held = false;
let catchingUp: Promise<void> | undefined;

/** The newest version that this page knows of. */
export function newestVersion(): number {
  return Math.max(told, shownVersion());
}

/** The version that this page shows. */
function shownVersion(): number {
  return versionOf(document);
}

/** Stops refreshing while changes of this page are being sent. A refresh would show the page without them. */
export function holdRefresh(hold: boolean): void {
  held = hold;
}

export function noteOwnVersion(version: number): void {
  own = Math.max(own, version);
}

/** Returns true when the page shows the result of its own changes. */
export function showsOwn(): boolean {
  return shownVersion() >= own;
}

/**
 * Refreshes the page until it shows this version or a newer one; without a version, the newest that was told. There is
 * one fetch at a time.
 * @returns true when the page shows a change that was made elsewhere
 */
export async function catchUp(version = 0): Promise<boolean> {
  told = Math.max(told, version);
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
  while (told > shownVersion()) {
    const shown = shownVersion();
    const isFresh = await refreshPage();
    if (held) break;
    if (!isFresh) {
      await new Promise((resolve) => setTimeout(resolve, backOff.next()));
    } else if (shownVersion() === shown) {
      // The versions began again from the start.
      told = shown;
    }
  }
}

/**
 * Refreshes the page, whatever was told.
 * @returns true when the page shows a change that was made elsewhere
 */
export async function checkAgain(): Promise<boolean> {
  const before = shownVersion();
  await refreshPage();
  return shownVersion() < before || shownVersion() > Math.max(before, own);
}

/**
 * Loads this page again and takes over its live parts, the elements with `data-live`. A page that was overtaken, by
 * another page or by a change of this page, is dropped. A page that is older than what was known before it was asked for
 * comes from a store that was restored from a backup, and is shown.
 * @returns false when the page could not be loaded, when the store does not answer, or when the page has another owner
 * now and is loaded again
 */
export async function refreshPage(): Promise<boolean> {
  const known = Math.max(shownVersion(), own);
  const fresh = await fetchDocument(location.href);
  if (!fresh || isOutage(fresh)) return false;
  const { owner: freshOwner = '' } = fresh.documentElement.dataset;
  const becameGuest = owner() === '' && tokenOf(fresh) === '';
  if (owner() !== freshOwner && !becameGuest) {
    // Somebody else is signed in now, or nobody. They must not see anything of this page.
    location.reload();
    return false;
  }
  setOwner(freshOwner);
  takeToken(fresh);
  const isReset = versionOf(fresh) < known;
  if (held || (!isReset && versionOf(fresh) < Math.max(shownVersion(), own))) return true;
  if (isReset) told = own = versionOf(fresh);
  document.documentElement.dataset.version = String(versionOf(fresh));
  replaceParts(fresh, 'data-live');
  return true;
}

/** Returns the owner of the pages that this browser gets now; empty for a visitor, null when nobody knows. */
export async function currentOwner(): Promise<string | null> {
  const fresh = await fetchDocument(location.href);
  if (!fresh || isOutage(fresh)) return null;
  const { owner: current = '' } = fresh.documentElement.dataset;
  if (current === owner()) takeToken(fresh);
  return current;
}

function versionOf({ documentElement }: Document): number {
  return Number(documentElement.dataset.version ?? 0);
}
