import { addHidden } from '../forms/hidden-field.ts';
import { locks } from '../live/locks.ts';
import { owner } from '../live/owner.ts';
import { isSignedOut } from '../live/signed-out.ts';
import { renewChangeIds } from './change-ids.ts';
import { markPending, showOutcome } from './optimistic.ts';
import { plainDigits } from './plain-digits.ts';
import {
  sendBeforeSignOut,
  sendChanges,
  startSending,
  stopLeavingChanges,
} from './send-changes.ts';
import { addChange, canKeepChanges, nextChange } from './waiting-changes.ts';

/**
 * Shows the result of a cart form at once, and sends the changes one after the other, so that none is lost or
 * overtaken. Where the browser cannot do that, it sends the form.
 */
export function takeOverCartForms(): void {
  if (!canKeepChanges()) return;
  startSending();
  document.addEventListener('click', ignoreSecondClick);
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    const { href, pathname } = actionOf(form, event.submitter);
    if (pathname === '/logout') {
      stopLeavingChanges();
      if (nextChange()) {
        event.preventDefault();
        void sendBeforeSignOut().then(() => signOut(form));
      }
    }
    // Safari before 15.4 does not say which button was pressed.
    if (!pathname.startsWith('/cart/') || !('submitter' in event)) return;
    if (isSignedOut()) {
      event.preventDefault();
      document.querySelector<HTMLElement>('.signed-out a')?.focus();
      return;
    }
    if (event.submitter?.classList.contains('step') && !sendTyped(form)) {
      event.preventDefault();
      return;
    }
    const body = bodyOf(form, event.submitter);
    // The page of the server explains best why it refuses a quantity.
    if (!/^\d{1,4}$/.test(body.get('quantity') ?? '1')) return;
    // Without locks, two tabs of a visitor at once would become two guests.
    if (owner() === '' && !locks) return;
    addChange(href, body.toString());
    markPending(true);
    void sendChanges();
    showOutcome(form, pathname, body);
    // A second press of Undo, before the page shows the result of the first, is the same change.
    if (pathname !== '/cart/undo') renewChangeIds(form);
    // This comes last. After an error above, the browser sends the form, with the same id, and it counts once.
    event.preventDefault();
  });
}

let wasOnButton = false;

/**
 * The second click of a double click is not a second press, just as without this script. On "+" and "−" it is one. The
 * page may have moved another button to the place of the first click.
 */
function ignoreSecondClick(event: MouseEvent): void {
  const button = (event.target as Element).closest('button');
  const isSecond = event.detail > 1 && wasOnButton;
  wasOnButton = button !== null;
  const isPost = button?.form?.method === 'post';
  if (isSecond && isPost && !button.classList.contains('step')) event.preventDefault();
}

function signOut(form: HTMLFormElement): void {
  if (nextChange()) addHidden(form, 'unsent', '1');
  form.submit();
}

/**
 * Sends the number that was typed beside a step button, because the step counts from it.
 * @returns false when it is not a number; then its own form says so
 */
function sendTyped(steps: HTMLFormElement): boolean {
  const field = steps.closest('[data-quantity]')?.querySelector<HTMLInputElement>('input[id]');
  if (!field || field.value === field.defaultValue) return true;
  field.form!.requestSubmit();
  return field.value === field.defaultValue;
}

/** A button of a form may have an action of its own. */
function actionOf(form: HTMLFormElement, submitter: HTMLElement | null): URL {
  return new URL(submitter?.getAttribute('formaction') ?? form.action, location.href);
}

function bodyOf(form: HTMLFormElement, submitter: HTMLElement | null): URLSearchParams {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form))
    if (typeof value === 'string') body.append(name, value);
  // Safari before 16.4 leaves the button out of the form data.
  if (submitter instanceof HTMLButtonElement && submitter.name)
    body.append(submitter.name, submitter.value);
  const quantity = body.get('quantity');
  if (quantity) body.set('quantity', plainDigits(quantity));
  return body;
}
