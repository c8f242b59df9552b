import { renewChangeIds } from './change-ids.ts';
import { addHidden } from '../forms/hidden-field.ts';
import { isSignedOut } from '../live/live.ts';
import { markPending, showOutcome } from './optimistic.ts';
import { leaveNothing, sendChanges, sendFirst, startSending } from './send-changes.ts';
import { addChange, nextChange } from './waiting-changes.ts';
/** Cart forms answer at once, and their changes are sent one after the other: no fast click is lost or overtaken. */
export function takeOverCartForms() {
    document.addEventListener('submit', (event) => {
        const form = event.target;
        const { href, pathname } = actionOf(form, event.submitter);
        if (pathname === '/logout') {
            leaveNothing();
            if (nextChange()) {
                event.preventDefault();
                void sendFirst().then(() => signOut(form));
            }
        }
        if (!pathname.startsWith('/cart/'))
            return;
        if (isSignedOut()) {
            event.preventDefault();
            document.querySelector('.signed-out a')?.focus();
            return;
        }
        if (event.submitter?.classList.contains('step') && !sendTyped(form)) {
            event.preventDefault();
            return;
        }
        const body = bodyOf(form, event.submitter);
        // What the server would refuse is better explained by its own page.
        if (!/^\d{1,4}$/.test(body.get('quantity') ?? '1'))
            return;
        event.preventDefault();
        addChange(href, body.toString());
        markPending(true);
        showOutcome(form, pathname, body);
        // A second press of Undo, before the page shows what came of the first, is the same.
        if (pathname !== '/cart/undo')
            renewChangeIds(form);
        void sendChanges();
    });
    startSending();
}
function signOut(form) {
    if (nextChange())
        addHidden(form, 'unsent', '1');
    form.submit();
}
/**
 * A step counts from the number that was typed beside it, so that one is sent first.
 * @returns false where it is none, which its own form tells
 */
function sendTyped(steps) {
    const field = steps.closest('[data-quantity]')?.querySelector('input[id]');
    if (!field || field.value === field.defaultValue)
        return true;
    field.form.requestSubmit();
    return field.value === field.defaultValue;
}
/** One button of a form may have an action of its own. */
function actionOf(form, submitter) {
    return new URL(submitter?.getAttribute('formaction') ?? form.action, location.href);
}
function bodyOf(form, submitter) {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form, submitter))
        if (typeof value === 'string')
            body.append(name, value);
    return body;
}
