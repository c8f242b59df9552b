import { owner, setOwner } from './owner.ts';

/** The version of the cart that this page shows. */
export function shownVersion(): number {
  return versionOf(document);
}

/**
 * Fetches this page anew and puts its live parts, the elements with `data-live`, in the place of ours.
 * An answer that is older than what is shown is dropped.
 * @returns false when the page could not be fetched
 */
export async function refreshPage(): Promise<boolean> {
  const fresh = await fetchDocument(location.href);
  if (!fresh) return false;
  // A button that is replaced while it is held down takes no click.
  while (document.querySelector('button:active')) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { owner: freshOwner = '' } = fresh.documentElement.dataset;
  if (owner() && owner() !== freshOwner) {
    // Somebody else is signed in now, or nobody: nothing of this page is theirs to see.
    location.reload();
    return false;
  }
  setOwner(freshOwner);
  if (versionOf(fresh) < shownVersion()) return true;
  document.documentElement.dataset.cartVersion = String(versionOf(fresh));

  for (const part of document.querySelectorAll<HTMLElement>('[data-live]')) {
    const replacement = fresh.getElementById(part.id);
    if (replacement) replacePart(part, document.adoptNode(replacement));
  }
  document.dispatchEvent(new Event('refreshed'));
  return true;
}

/** Whose pages this browser gets now; empty for a visitor, null when nobody answers. */
export async function ownerHere(): Promise<string | null> {
  const fresh = await fetchDocument('/shop');
  return fresh ? (fresh.documentElement.dataset.owner ?? '') : null;
}

function versionOf({ documentElement }: Document): number {
  return Number(documentElement.dataset.cartVersion ?? 0);
}

/** XMLHttpRequest reads HTML into a document of its own, where no script runs: no HTML string touches this page. */
function fetchDocument(url: string): Promise<Document | null> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.responseType = 'document';
    request.timeout = 10_000;
    request.addEventListener('loadend', () =>
      resolve(request.status === 200 ? request.responseXML : null),
    );
    request.open('GET', url);
    request.setRequestHeader('accept', 'text/html');
    request.send();
  });
}

/**
 * Keeps the focus where it was, and marks the lines that are not as they were. The part itself stays and only
 * its children change, so that a click that has begun on it still ends on it.
 */
function replacePart(part: HTMLElement, fresh: HTMLElement): void {
  if (part.isEqualNode(fresh)) return;
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const before = new Map(linesOf(part).map((line) => [line.id, line.dataset.quantity]));
  part.replaceChildren(...fresh.childNodes);

  for (const line of linesOf(part)) {
    if (before.get(line.id) !== line.dataset.quantity) line.classList.add('changed');
  }
  if (focused && focused !== part) focusAgain(focused, part);
}

function linesOf(part: Element): HTMLElement[] {
  return [...part.querySelectorAll<HTMLElement>('[data-quantity]')];
}

/** The same control where it is still there, else the part itself, so that nobody is thrown back to the top. */
function focusAgain(focused: Element, part: HTMLElement): void {
  const same = focused.id ? document.getElementById(focused.id) : null;
  if (!same) part.tabIndex = -1;
  (same ?? part).focus();
}
