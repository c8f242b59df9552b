/** A person may have stopped the next page. After this long, the form can be sent again. In milliseconds. */
const LONGEST_WAIT = 30_000;

/**
 * Lets each button send its POST form once, until the page is left. A second press would come to the server while the
 * first is being answered, with a session or a token that is about to end.
 */
export function sendFormsOnce(): void {
  let sent = new WeakMap<HTMLElement, number>();

  // Scripts that send a form themselves listen to the document, so they come first.
  window.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.method !== 'post') return;
    const button = event.submitter ?? form;
    if (event.timeStamp - (sent.get(button) ?? -LONGEST_WAIT) < LONGEST_WAIT)
      event.preventDefault();
    else sent.set(button, event.timeStamp);
  });
  // The page is back from the back/forward cache.
  window.addEventListener('pageshow', () => (sent = new WeakMap()));
}
