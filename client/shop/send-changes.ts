import { announce, keepSaying, sayNoMore, speak } from '../announce.ts';
import { createBackOff } from '../live/back-off.ts';
import { tokenOf } from '../forms/csrf-token.ts';
import { addHidden } from '../forms/hidden-field.ts';
import { joinStream, saySignedOut, tellTabs } from '../live/live.ts';
import { markPending } from './optimistic.ts';
import { isOutage } from '../live/outage.ts';
import { owner } from '../live/owner.ts';
import {
  catchUp,
  holdRefresh,
  noteOwnVersion,
  ownerHere,
  refreshPage,
  showsOwn,
} from '../live/refresh.ts';
import {
  adoptChanges,
  dropChange,
  dropChanges,
  leaveChanges,
  nextChange,
  noteWaiting,
  type WaitingChange,
} from './waiting-changes.ts';

/** In milliseconds. A change that was sent and heard nothing of is sent again: its id makes that harmless. */
const LONGEST_WAIT = 10_000;
const backOff = createBackOff(30_000);
/** The shop, or a proxy in front of it, cannot take it just now. */
const LATER = new Set([429, 502, 503, 504]);
/** The shop remembers a change's id for a day: after that it could be made twice. In milliseconds. */
const OLDEST = 23 * 3_600_000;
/** How long a sign-out waits for the next answer to what is sent before it, in milliseconds. */
const LONGEST_FAREWELL = 3000;
/** A page that is being left lives no longer than this, in milliseconds. */
const FAREWELL = 100;
const IS_GUEST = 'satchel-guest';

interface Answered {
  version: number;
  notices: { code: string; message: string; slug?: string }[];
}

type Answer = Answered | 'later' | 'refused' | 'signed out';

let sending = false;
let waited = false;
let retry: number | undefined;

/** Sends what waits from before this page, and whatever waits when the connection is back. */
export function startSending(): void {
  window.addEventListener('online', () => {
    backOff.reset();
    void sendChanges();
  });
  window.addEventListener('pagehide', leaveChanges);
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) takeUp();
  });
  // The page was asked for before a change was answered that made a guest of the visitor.
  if (owner() === '' && sessionStorage.getItem(IS_GUEST)) void refreshPage().then(joinStream);
  takeUp();
}

function takeUp(): void {
  adoptChanges();
  const isForeign = ({ owner: whose }: WaitingChange) => whose !== '' && whose !== owner();
  if (owner() !== '' && dropChanges(isForeign) > 0) {
    announce('A change from before you signed in was not saved.');
  }
  if (dropChanges(({ pressed }) => Date.now() - pressed > OLDEST) > 0) {
    announce('A change that could not be sent for a day was not saved.');
  }
  waited ||= nextChange()?.waits === true;
  void sendChanges();
}

/** For a sign-out: the copy would be made after the browser was told to clear what it holds. */
export function leaveNothing(): void {
  window.removeEventListener('pagehide', leaveChanges);
}

/** A sign-out clears what waits here, so that is sent before it. But nobody is kept signed in where no answer comes. */
export async function sendFirst(): Promise<void> {
  void sendChanges();
  announce('Sending your last changes first.');
  let next = nextChange()?.body;
  let end = Date.now() + LONGEST_FAREWELL;
  while (next && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (nextChange()?.body !== next) end = Date.now() + LONGEST_FAREWELL;
    next = nextChange()?.body;
  }
}

export async function sendChanges(): Promise<void> {
  if (sending || !nextChange()) return;
  // The page that is made when the store is back knows whose they are, and sends them.
  if (isOutage()) return sayWaiting();
  sending = true;
  holdRefresh(true);
  window.clearTimeout(retry);
  let version = 0;
  let told = false;
  for (let change = nextChange(); change; change = nextChange()) {
    const answer = await postInTurn(change);
    if (answer === 'later') {
      waitAndTryAgain();
      break;
    }
    dropChange(change);
    if (answer === 'refused') {
      // Its page may not come.
      holdRefresh(false);
      sending = false;
      return submitAsPage(change);
    }
    if (answer === 'signed out') sayLost();
    else {
      ({ version } = answer);
      sessionStorage.setItem(IS_GUEST, '1');
      told = sayWhatCameOfIt(answer, change) || told;
    }
    noteOwnVersion(version);
    backOff.reset();
  }
  // The cart without what still waits would show a number that the next press counts from.
  holdRefresh(nextChange() !== undefined);
  sending = false;
  await settle(version, told);
  if (!nextChange() && showsOwn()) markPending(false);
}

/**
 * What was not as one would think: too many, gone, too late. The cart's own page shows that as well.
 * @returns whether there was something to say
 */
function sayWhatCameOfIt({ notices }: Answered, { body }: WaitingChange): boolean {
  const product = new URLSearchParams(body).get('product');
  const notice = notices.find(({ code, slug }) => code !== 'gone' || slug === product);
  if (!notice) return false;
  if (document.getElementById('cart')) speak(notice.message);
  else announce(notice.message);
  return true;
}

/** A visitor becomes a guest by the first change. Two tabs at once would make two guests of them. */
function postInTurn(change: WaitingChange): Promise<Answer> {
  return owner() === ''
    ? navigator.locks.request('satchel-send', () => post(change))
    : post(change);
}

async function post(change: WaitingChange, again = false): Promise<Answer> {
  const { action, body } = change;
  try {
    const answer = await fetch(action, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: withToken(body),
      // The page may be left meanwhile.
      keepalive: true,
      signal: AbortSignal.timeout(LONGEST_WAIT),
    });
    if (LATER.has(answer.status)) return 'later';
    if (!again && [401, 403].includes(answer.status)) {
      // The session may only have changed its id, and with it the token.
      const here = await ownerHere();
      if (here === null) return 'later';
      if (here === owner()) return await post(change, true);
    }
    if (answer.status === 401) return 'signed out';
    return answer.ok ? ((await answer.json()) as Answered) : 'refused';
  } catch {
    return 'later';
  }
}

/** A change that waited may be older than the session's present token. */
function withToken(body: string): URLSearchParams {
  const fields = new URLSearchParams(body);
  const token = tokenOf(document);
  if (token) fields.set('_csrf', token);
  return fields;
}

async function settle(version: number, told: boolean): Promise<void> {
  if (version === 0) {
    await catchUp();
    return;
  }
  if (waited && !nextChange()) {
    waited = false;
    sayNoMore();
    if (!told) announce('Back online. Your change was saved.');
  }
  if (await refreshPage()) {
    tellTabs({ kind: 'cart', version });
    // The first change made a visitor a guest.
    joinStream();
  } else {
    await catchUp(version);
  }
}

function waitAndTryAgain(): void {
  // A page that is being left gives its requests up: the next one sends them again.
  window.setTimeout(() => {
    if (nextChange()) sayWaiting();
  }, FAREWELL);
  retry = window.setTimeout(() => void sendChanges(), backOff.next());
}

function sayWaiting(): void {
  waited = true;
  noteWaiting();
  keepSaying('We can’t reach the shop. Your change is kept and will be sent as soon as possible.');
}

function sayLost(): void {
  dropChanges((change) => change.owner === owner());
  sayNoMore();
  waited = false;
  saySignedOut('You were signed out, so your change was not saved. Sign in and try again.');
}

/** As without this script: the server's page says what is wrong, with what was filled in. */
function submitAsPage({ action, body }: WaitingChange): void {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = action;
  for (const [name, value] of withToken(body)) addHidden(form, name, value);
  document.body.append(form);
  form.submit();
}
