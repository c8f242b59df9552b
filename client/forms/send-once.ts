/** How long a form is held back when its page is not left, for instance because the person has stopped it. In milliseconds. */
const LONGEST = 10_000;

/**
 * Lets a form be sent once until the page is left, so that a double click does not send it twice. The server would give
 * the second the answer of the first; this saves the way.
 */
export function sendFormsOnce(): void {
  let sent = new WeakSet<HTMLFormElement>();

  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    // Another part of the script sends this form by itself.
    if (event.defaultPrevented || form.method !== 'post') return;
    if (sent.has(form)) return event.preventDefault();
    sent.add(form);
    setTimeout(() => sent.delete(form), LONGEST);
  });

  // The page may come back from the back/forward cache.
  window.addEventListener('pagehide', () => {
    sent = new WeakSet();
  });
}
