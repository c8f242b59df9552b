import { announce } from './announce.ts';
import { renewChangeIds } from './change-ids.ts';
import { followCart, tellTabs } from './live.ts';
import { owner } from './owner.ts';
import { refreshPage, shownVersion } from './refresh.ts';

/** A change that was pressed and has not been acknowledged yet. It keeps its id, so sending it twice does no harm. */
interface Wish {
  action: string;
  body: string;
  /** Whose it is: it must not reach the cart of who signs in next. */
  owner: string;
}

/** Outlives a reload of this tab. */
const STORAGE_KEY = 'satchel-wishes';
let wishes = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? '[]') as Wish[];
/** What was pressed last for a line, until the page shows a cart that knows of it. */
const pressed = new Map<string, { wish: Wish; version: number }>();
let sending = false;
let pause = 1000;
let waited = false;

/** Cart forms answer at once, and their changes are sent one after the other: no fast click is lost or overtaken. */
export function takeOverCartForms(): void {
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    if (!new URL(form.action).pathname.startsWith('/cart/')) return;
    const body = bodyOf(form, event.submitter);
    // What the server would refuse is better explained by its own page.
    if (!/^\d{1,4}$/.test(body.get('quantity') ?? '1')) return;
    event.preventDefault();
    show(form, body);
    tell(form, body);
    const wish = { action: form.action, body: body.toString(), owner: owner() };
    wishes.push(wish);
    pressed.set(wish.action, { wish, version: Infinity });
    renewChangeIds(form);
    void send();
  });
  document.addEventListener('refreshed', showPressed);
  window.addEventListener('online', () => void send());
  void send();
}

function bodyOf(form: HTMLFormElement, button: HTMLElement | null): URLSearchParams {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form, button))
    if (typeof value === 'string') body.append(name, value);
  return body;
}

/** The likely outcome, until the server's cart takes its place. */
function show(form: HTMLFormElement, body: URLSearchParams): void {
  const line = form.closest<HTMLElement>('[data-quantity]');
  const quantity = Number(body.get('quantity') ?? 0);
  if (line) showQuantity(line, quantity);
  const badge = document.querySelector('.badge');
  if (badge && body.has('product')) {
    badge.textContent = String(Number(badge.textContent) + quantity);
    announce('Added to your cart.');
  }
}

/** The focus stays on the button, which does not say what it did. */
function tell(form: HTMLFormElement, body: URLSearchParams): void {
  const label = form.closest('[data-quantity]')?.querySelector('label')?.textContent;
  if (label) announce(`${label}: ${body.get('quantity')}`, { unseen: true });
}

/** The field, and the buttons around it: the next press counts from here. */
function showQuantity(line: HTMLElement, quantity: number): void {
  line.hidden = quantity === 0;
  const controls = line.querySelectorAll<HTMLInputElement>('.quantity [name="quantity"]');
  [quantity - 1, quantity, quantity + 1].forEach((value, i) => (controls[i]!.value = `${value}`));
}

/** A page that was fetched before the last press knows nothing of it. */
function showPressed(): void {
  for (const [action, { wish, version }] of pressed) {
    const form = [...document.forms].find((form) => form.action === action);
    if (version <= shownVersion()) pressed.delete(action);
    else if (form?.closest('[data-quantity]')) show(form, new URLSearchParams(wish.body));
  }
}

async function send(): Promise<void> {
  keep();
  if (sending) return;
  sending = true;
  showSending();
  let version = 0;
  for (let wish = next(); wish; wish = next()) {
    const answer = await post(wish);
    if (!answer) {
      waitAndTryAgain();
      break;
    }
    drop(wish);
    if (!answer.cart) {
      submitAsPage(wish);
      return;
    }
    ({ version } = answer.cart);
    const last = pressed.get(wish.action);
    if (last?.wish === wish) last.version = version;
    pause = 1000;
  }
  sending = false;
  if (version > 0) await settle(version);
  showSending();
}

/** So that word of a change from this page is not taken for another device's. */
function showSending(): void {
  document.documentElement.toggleAttribute('data-sending', sending);
}

/** Of this page's owner alone: on a page that was made while the store was down, there is none, and all wait. */
function next(): Wish | undefined {
  return wishes.find((wish) => wish.owner === owner());
}

function drop(wish: Wish): void {
  wishes = wishes.filter((each) => each !== wish);
  keep();
}

/** @returns null when it must be sent again; no cart where the server's own page says more */
async function post({ action, body }: Wish): Promise<{ cart?: { version: number } } | null> {
  try {
    const answer = await fetch(action, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body,
    });
    if (answer.status === 503 || answer.status === 429) return null;
    return answer.ok ? { cart: (await answer.json()) as { version: number } } : {};
  } catch {
    return null;
  }
}

async function settle(version: number): Promise<void> {
  if (waited) announce('We are back, and your change is in the cart.');
  waited = false;
  tellTabs({ kind: 'cart', version });
  const wasNobody = owner() === '';
  if (!(await refreshPage())) return;
  // The first change made a visitor a guest: what they pressed meanwhile is that guest's.
  if (wasNobody) for (const wish of wishes) wish.owner ||= owner();
  followCart();
  if (next()) void send();
}

function waitAndTryAgain(): void {
  waited = true;
  announce('We cannot reach the shop. Your change waits and is sent as soon as we can.', {
    stays: true,
  });
  pause = Math.min(pause * 2, 30_000);
  window.setTimeout(() => void send(), pause);
}

/** As without this script: the server's page says what is wrong, with what was filled in. */
function submitAsPage({ action, body }: Wish): void {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = action;
  for (const [name, value] of new URLSearchParams(body)) {
    const input = document.createElement('input');
    Object.assign(input, { type: 'hidden', name, value });
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}

function keep(): void {
  sessionStorage.setItem(STORAGE_KEY, JSON.stringify(wishes));
}
