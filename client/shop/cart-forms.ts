import { addHidden } from '../forms/hidden-field.ts';
import { isSignedOut } from '../live/signed-out.ts';
import { renewChangeIds } from './change-ids.ts';
import { markPending, showOutcome } from './optimistic.ts';
import {
  sendBeforeSignOut,
  sendChanges,
  startSending,
  stopLeavingChanges,
} from './send-changes.ts';
import { addChange, nextChange } from './waiting-changes.ts';

/** Shows the result of a cart form at once, and sends the changes one after the other, so that none is lost or overtaken. */
export function takeOverCartForms(): void {
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
    if (!pathname.startsWith('/cart/')) return;
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
    event.preventDefault();
    addChange(href, body.toString());
    markPending(true);
    showOutcome(form, pathname, body);
    // A second press of Undo, before the page shows the result of the first, is the same change.
    if (pathname !== '/cart/undo') renewChangeIds(form);
    void sendChanges();
  });
  startSending();
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
  for (const [name, value] of new FormData(form, submitter))
    if (typeof value === 'string') body.append(name, value);
  return body;
}
