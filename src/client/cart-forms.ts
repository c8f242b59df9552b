import { announce } from './announce.ts';
import { createBackOff } from './back-off.ts';
import { renewChangeIds } from './change-ids.ts';
import { isSignedOut, joinStream, saySignedOut, tellTabs } from './live.ts';
import { markPending, showOutcome } from './optimistic.ts';
import { isOutage } from './outage.ts';
import { owner } from './owner.ts';
import {
  catchUp,
  holdRefresh,
  noteOwnVersion,
  ownerHere,
  refreshPage,
  showsOwn,
  tokenOf,
} from './refresh.ts';
import { addWish, dropWish, dropWishesOf, nextWish, noteWaiting, type Wish } from './wishes.ts';

/** In milliseconds. A change that was sent and heard nothing of is sent again: its id makes that harmless. */
const LONGEST_WAIT = 10_000;
const backOff = createBackOff(30_000);
/** The shop, or a proxy in front of it, cannot take it just now. */
const LATER = new Set([429, 502, 503, 504]);
/** In milliseconds. */
const LONGEST_FAREWELL = 3000;
const FAREWELL = 100;
const IS_GUEST = 'satchel-guest';

interface Answered {
  version: number;
  notices: { code: string; message: string }[];
}

type Answer = Answered | 'later' | 'refused' | 'signed out';

let sending = false;
let waited = false;
let retry: number | undefined;

/** Cart forms answer at once, and their changes are sent one after the other: no fast click is lost or overtaken. */
export function takeOverCartForms(): void {
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    const { href, pathname } = actionOf(form, event.submitter);
    if (pathname === '/logout' && nextWish()) {
      event.preventDefault();
      void sendFirst().then(() => form.submit());
    }
    if (!pathname.startsWith('/cart/')) return;
    if (isSignedOut()) {
      event.preventDefault();
      document.querySelector<HTMLElement>('.signed-out a')?.focus();
      return;
    }
    const body = bodyOf(form, event.submitter);
    // What the server would refuse is better explained by its own page.
    if (!/^\d{1,4}$/.test(body.get('quantity') ?? '1')) return;
    event.preventDefault();
    addWish({ action: href, body: body.toString() });
    markPending(true);
    showOutcome(form, pathname, body);
    renewChangeIds(form);
    void send();
  });
  window.addEventListener('online', () => void send());
  window.addEventListener('pageshow', () => void send());
  const isStrangers = (whose: string) => owner() !== '' && whose !== '' && whose !== owner();
  if (dropWishesOf(isStrangers) > 0) announce('A change from before you signed in was not made.');
  waited = nextWish()?.waits === true;
  // The page was asked for before a change was answered that made a guest of the stranger.
  if (owner() === '' && sessionStorage.getItem(IS_GUEST)) void refreshPage().then(joinStream);
  void send();
}

/** One button of a form may have an action of its own. */
function actionOf(form: HTMLFormElement, submitter: HTMLElement | null): URL {
  return new URL(submitter?.getAttribute('formaction') ?? form.action, location.href);
}

function bodyOf(form: HTMLFormElement, submitter: HTMLElement | null): URLSearchParams {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter))
    if (typeof value === 'string') body.append(name, value);
  return body;
}

/** A sign-out clears what waits here, so that is sent before it. But nobody is kept signed in for it. */
async function sendFirst(): Promise<void> {
  void send();
  const end = Date.now() + LONGEST_FAREWELL;
  while (nextWish() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function send(): Promise<void> {
  if (sending || !nextWish()) return;
  // The page that is made when the store is back knows whose they are, and sends them.
  if (isOutage()) return sayWaiting();
  sending = true;
  holdRefresh(true);
  window.clearTimeout(retry);
  let version = 0;
  for (let wish = nextWish(); wish; wish = nextWish()) {
    const answer = await postInTurn(wish);
    if (answer === 'later') {
      waitAndTryAgain();
      break;
    }
    dropWish(wish);
    if (answer === 'refused') {
      // Its page may not come.
      holdRefresh(false);
      sending = false;
      return submitAsPage(wish);
    }
    if (answer === 'signed out') sayLost();
    else {
      ({ version } = answer);
      sessionStorage.setItem(IS_GUEST, '1');
      sayWhatCameOfUndo(answer);
    }
    noteOwnVersion(version);
    backOff.reset();
  }
  // The cart without what still waits would show a number that the next press counts from.
  holdRefresh(nextWish() !== undefined);
  sending = false;
  await settle(version);
  if (!nextWish() && showsOwn()) markPending(false);
}

/** It may be too late for that, which only the shop knows. */
function sayWhatCameOfUndo({ notices }: Answered): void {
  const notice = notices.find(({ code }) => code === 'undone' || code === 'nothing-to-undo');
  if (notice) announce(notice.message, { unseen: true });
}

/** A stranger becomes a guest by the first change. Two tabs at once would make two guests of them. */
function postInTurn(wish: Wish): Promise<Answer> {
  return owner() === '' ? navigator.locks.request('satchel-send', () => post(wish)) : post(wish);
}

async function post(wish: Wish, again = false): Promise<Answer> {
  const { action, body } = wish;
  try {
    const answer = await fetch(action, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: withToken(body),
      signal: AbortSignal.timeout(LONGEST_WAIT),
    });
    if (LATER.has(answer.status)) return 'later';
    if (!again && [401, 403].includes(answer.status)) {
      // The session may only have changed its id, and with it the token.
      const here = await ownerHere();
      if (here === null) return 'later';
      if (here === owner()) return await post(wish, true);
    }
    if (answer.status === 401) return 'signed out';
    return answer.ok ? ((await answer.json()) as Answered) : 'refused';
  } catch {
    return 'later';
  }
}

/** A wish that waited may be older than the session's present token. */
function withToken(body: string): URLSearchParams {
  const fields = new URLSearchParams(body);
  const token = tokenOf(document);
  if (token) fields.set('_csrf', token);
  return fields;
}

async function settle(version: number): Promise<void> {
  if (version === 0) {
    await catchUp();
    return;
  }
  if (waited && !nextWish()) {
    announce('We are back, and your change is in the cart.');
    waited = false;
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
  // A page that is being left gives its requests up, and lives no longer than this: the next one sends them again.
  window.setTimeout(() => {
    if (nextWish()) sayWaiting();
  }, FAREWELL);
  retry = window.setTimeout(() => void send(), backOff.next());
}

function sayWaiting(): void {
  waited = true;
  noteWaiting();
  announce('We cannot reach the shop. Your change waits and is sent as soon as we can.', {
    stays: true,
  });
}

function sayLost(): void {
  dropWishesOf((whose) => whose === owner());
  waited = false;
  saySignedOut('You were signed out, so your change was not made. Sign in and try again.');
}

/** As without this script: the server's page says what is wrong, with what was filled in. */
function submitAsPage({ action, body }: Wish): void {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = action;
  for (const [name, value] of withToken(body)) {
    const input = document.createElement('input');
    Object.assign(input, { type: 'hidden', name, value });
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}
