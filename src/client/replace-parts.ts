/** Puts what the fresh page holds in the place of our elements with this attribute. They are told apart by their ids. */
export function replaceParts(fresh: Document, attribute: 'data-live' | 'data-search'): void {
  for (const part of document.querySelectorAll<HTMLElement>(`[${attribute}]`)) {
    const replacement = fresh.getElementById(part.id);
    if (replacement) replacePart(part, document.adoptNode(replacement));
  }
}

/**
 * Keeps the focus and what is being typed, and marks the lines that are not as they were. The part itself stays
 * and only its children change, so that a click that has begun on it still ends on it.
 */
function replacePart(part: HTMLElement, fresh: HTMLElement): void {
  if (part.isEqualNode(fresh)) return;
  const before = new Map(linesOf(part).map((line) => [line.id, line.dataset.quantity]));
  const typing = inputsOf(part).filter(({ value, defaultValue }) => value !== defaultValue);
  const focus = part.contains(document.activeElement) ? placeOf(document.activeElement!) : null;
  part.replaceChildren(...fresh.childNodes);

  for (const line of linesOf(part)) {
    if (before.get(line.id) !== line.dataset.quantity) line.classList.add('changed');
  }
  for (const { id, value } of typing) {
    const input = inputsOf(part).find((input) => input.id === id);
    if (input) input.value = value;
  }
  if (focus) focusAgain(focus, part);
}

function linesOf(part: Element): HTMLElement[] {
  return [...part.querySelectorAll<HTMLElement>('[data-quantity]')];
}

function inputsOf(part: Element): HTMLInputElement[] {
  return [...part.querySelectorAll<HTMLInputElement>('input[id]')];
}

/** Buttons have no ids: one is known by its words and the nearest element that has an id. */
interface Place {
  element: Element;
  scope: string;
  caret: [start: number, end: number] | undefined;
}

function placeOf(element: Element): Place {
  const isInput = element instanceof HTMLInputElement;
  return {
    element,
    scope: element.closest('[id]')?.id ?? '',
    caret: isInput ? [element.selectionStart ?? 0, element.selectionEnd ?? 0] : undefined,
  };
}

/** The same control where it is still there, else the part itself, so that nobody is thrown back to the top. */
function focusAgain({ element, scope, caret }: Place, part: HTMLElement): void {
  if (element === part) return focusUndo(part);
  const near = document.getElementById(scope);
  const same =
    element.id === scope
      ? near
      : [...(near?.querySelectorAll(element.tagName) ?? [])].find(
          ({ textContent }) => textContent === element.textContent,
        );
  if (!(same instanceof HTMLElement)) return focusPart(part);
  same.focus();
  if (caret) (same as HTMLInputElement).setSelectionRange(...caret);
}

/** Whoever took a line out is where the line was: what they may want next is to take that back. */
function focusUndo(part: HTMLElement): void {
  part.querySelector<HTMLElement>('.undo button')?.focus();
}

/** For when what had the focus is gone. */
export function focusPart(part: HTMLElement): void {
  part.tabIndex = -1;
  part.focus();
}
