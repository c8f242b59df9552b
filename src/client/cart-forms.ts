import { renewChangeIds } from './change-ids.ts';
import { isSignedOut } from './live.ts';
import { markPending, showOutcome } from './optimistic.ts';
import { sendChanges, sendFirst, startSending } from './send-changes.ts';
import { addChange, nextChange } from './waiting-changes.ts';

/** Cart forms answer at once, and their changes are sent one after the other: no fast click is lost or overtaken. */
export function takeOverCartForms(): void {
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    const { href, pathname } = actionOf(form, event.submitter);
    if (pathname === '/logout' && nextChange()) {
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
    addChange({ action: href, body: body.toString() });
    markPending(true);
    showOutcome(form, pathname, body);
    renewChangeIds(form);
    void sendChanges();
  });
  startSending();
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
