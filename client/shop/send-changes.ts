import { announce, keepSaying, speak, stopSaying } from '../announce.ts';
import { addHidden } from '../forms/hidden-field.ts';
import { createBackOff } from '../live/back-off.ts';
import { joinStream, tellTabs } from '../live/follow.ts';
import { isOutage } from '../live/outage.ts';
import { owner } from '../live/owner.ts';
import { catchUp, holdRefresh, noteOwnVersion, refreshPage, showsOwn } from '../live/refresh.ts';
import { showSignedOut } from '../live/signed-out.ts';
import { markPending } from './optimistic.ts';
import { postChange, withToken, type Answered } from './post-change.ts';
import {
  adoptChanges,
  dropChange,
  dropChanges,
  leaveChanges,
  nextChange,
  noteWaiting,
  type WaitingChange,
} from './waiting-changes.ts';

const backOff = createBackOff(30_000);
/** The shop remembers the id of a change for a day. An older change could be applied twice. In milliseconds. */
const OLDEST = 23 * 3_600_000;
/** How long a sign-out waits for the answer to one change, in milliseconds. */
const LONGEST_SIGN_OUT = 3000;
/** A page that is being left is gone after this time, in milliseconds. */
const PAGE_LEAVE = 100;
const IS_GUEST = 'satchel-guest';

let sending = false;
/** True after a person was told that a change is kept for later. */
let toldWaiting = false;
let retry: number | undefined;

/** Sends what was left from an earlier page, and whatever waits when the connection is back. */
export function startSending(): void {
  window.addEventListener('online', () => {
    backOff.reset();
    void sendChanges();
  });
  window.addEventListener('pagehide', leaveChanges);
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) takeOverChanges();
  });
  // The page may have been requested before the change that made the visitor a guest was answered.
  if (owner() === '' && sessionStorage.getItem(IS_GUEST)) void refreshPage().then(joinStream);
  takeOverChanges();
}

function takeOverChanges(): void {
  adoptChanges();
  const isForeign = (change: WaitingChange) => change.owner !== '' && change.owner !== owner();
  if (owner() !== '' && dropChanges(isForeign) > 0) {
    announce('A change from before you signed in was not saved.');
  }
  if (dropChanges(({ pressed }) => Date.now() - pressed > OLDEST) > 0) {
    announce('A change that could not be sent for a day was not saved.');
  }
  toldWaiting ||= nextChange()?.waits === true;
  void sendChanges();
}

/** Keeps the changes from being copied for the next page. At a sign-out the browser is told to delete them. */
export function stopLeavingChanges(): void {
  window.removeEventListener('pagehide', leaveChanges);
}

/** Sends the changes before a sign-out, which deletes them. When no answer comes, the sign-out goes on without them. */
export async function sendBeforeSignOut(): Promise<void> {
  void sendChanges();
  announce('Sending your last changes first.');
  let next = nextChange()?.body;
  let end = Date.now() + LONGEST_SIGN_OUT;
  while (next && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (nextChange()?.body !== next) end = Date.now() + LONGEST_SIGN_OUT;
    next = nextChange()?.body;
  }
}

/** Sends all changes that wait, in order, one at a time. */
export async function sendChanges(): Promise<void> {
  if (sending || !nextChange()) return;
  // This page does not know its owner. The page that is loaded after the outage sends the changes.
  if (isOutage()) return sayWaiting();
  sending = true;
  holdRefresh(true);
  window.clearTimeout(retry);
  const sent = await sendInOrder().finally(() => {
    sending = false;
    // A cart without the changes that wait would show a number from which the next press counts.
    holdRefresh(nextChange() !== undefined);
  });
  if (!sent) return holdRefresh(false);
  await settle(sent);
  if (!nextChange() && showsOwn()) markPending(false);
}

interface Sent {
  version: number;
  saidNotice: boolean;
}

/** @returns undefined when a page of the server takes over. That page may fail to load, so this page must work on. */
async function sendInOrder(): Promise<Sent | undefined> {
  let version = 0;
  let saidNotice = false;
  for (let change = nextChange(); change; change = nextChange()) {
    // What this browser cannot send, it can send as a form.
    const answer = await postChange(change).catch(() => 'refused' as const);
    if (answer === 'later') {
      waitAndTryAgain();
      break;
    }
    dropChange(change);
    if (answer === 'refused') {
      submitAsPage(change);
      return undefined;
    }
    if (answer === 'signed out') sayLost();
    else {
      ({ version } = answer);
      sessionStorage.setItem(IS_GUEST, '1');
      saidNotice = sayNotice(answer, change) || saidNotice;
    }
    noteOwnVersion(version);
    backOff.reset();
  }
  return { version, saidNotice };
}

/**
 * Says what the shop did differently from what was asked. The cart page shows it as well.
 * @returns true when there was something to say
 */
function sayNotice({ notices }: Answered, { body }: WaitingChange): boolean {
  const product = new URLSearchParams(body).get('product');
  const notice = notices.find(({ code, slug }) => code !== 'gone' || slug === product);
  if (!notice) return false;
  if (document.getElementById('cart')) speak(notice.message);
  else announce(notice.message);
  return true;
}

async function settle({ version, saidNotice }: Sent): Promise<void> {
  if (version === 0) {
    await catchUp();
    return;
  }
  if (toldWaiting && !nextChange()) {
    toldWaiting = false;
    stopSaying();
    if (!saidNotice) announce('Back online. Your change was saved.');
  }
  if (await refreshPage()) {
    if (owner() === '') announce('Your browser blocks cookies, so your cart stays empty.');
    tellTabs({ kind: 'changed', version });
    // The first change made the visitor a guest.
    joinStream();
  } else {
    await catchUp(version);
  }
}

function waitAndTryAgain(): void {
  // A page that is being left aborts its requests, and the next page sends them again.
  window.setTimeout(() => {
    if (nextChange()) sayWaiting();
  }, PAGE_LEAVE);
  retry = window.setTimeout(() => void sendChanges(), backOff.next());
}

function sayWaiting(): void {
  toldWaiting = true;
  noteWaiting();
  keepSaying('We can’t reach the shop. Your change is kept and will be sent as soon as possible.');
}

function sayLost(): void {
  dropChanges((change) => change.owner === owner());
  stopSaying();
  toldWaiting = false;
  showSignedOut('You were signed out, so your change was not saved. Sign in and try again.');
}

/** Sends a change as a form, as without this script: the page of the server says what is wrong. */
function submitAsPage({ action, body }: WaitingChange): void {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = action;
  for (const [name, value] of withToken(body)) addHidden(form, name, value);
  document.body.append(form);
  form.submit();
}
