import { Idiomorph } from 'idiomorph';

/** Keeps the scroll position: the next press would otherwise land on another line. */
const WITHOUT_SCROLLING = { preventScroll: true };

/** Called before a part of the page changes. It returns what to call after the change. */
type Watcher = (part: HTMLElement) => (lostFocus: Element | null) => void;

let watch: Watcher = (part) => (lostFocus) => {
  if (lostFocus) focusPart(part);
};

/**
 * Sets who watches the changes of live parts.
 * @param watcher gets the part before the change; what it returns gets the element that had the focus and is gone now,
 * and must move the focus
 */
export function watchParts(watcher: Watcher): void {
  watch = watcher;
}

/** Changes each of our elements with this attribute into the element of the fresh page that has the same id. */
export function replaceParts(fresh: Document, attribute: 'data-live' | 'data-search'): void {
  for (const part of document.querySelectorAll<HTMLElement>(`[${attribute}]`)) {
    const replacement = fresh.getElementById(part.id);
    if (replacement && !part.isEqualNode(replacement)) morph(part, replacement);
  }
}

/** Elements that are on both pages stay, so focus, caret and a press that has begun are kept. */
function morph(part: HTMLElement, fresh: HTMLElement): void {
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const afterwards = watch(part);
  keepTyped(part, fresh);
  void Idiomorph.morph(part, [...fresh.childNodes], { morphStyle: 'innerHTML' });
  // A part has the focus when the element that had it was taken away before the morph.
  const isLost = focused === part || (focused !== null && isGone(focused));
  afterwards(isLost ? focused : null);
}

/** Puts what was typed on this page into the fresh part. */
function keepTyped(part: HTMLElement, fresh: HTMLElement): void {
  for (const input of part.querySelectorAll<HTMLInputElement>('input[id]')) {
    if (input.value === input.defaultValue) continue;
    const replacement = fresh.querySelector<HTMLInputElement>(`#${CSS.escape(input.id)}`);
    if (replacement) replacement.value = input.value;
  }
}

function isGone(element: Element): boolean {
  return !element.isConnected || document.activeElement !== element;
}

/** Moves the focus to a part of the page, when the element that had it is gone. */
export function focusPart(part: HTMLElement): void {
  part.tabIndex = -1;
  part.focus(WITHOUT_SCROLLING);
}

export function focusWithoutScrolling(element: HTMLElement | null): void {
  element?.focus(WITHOUT_SCROLLING);
}
