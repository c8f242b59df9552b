import { describeRefreshWith } from '../live/follow.ts';
import { focusPart, focusWithoutScrolling, watchParts } from '../live/replace-parts.ts';

interface Line {
  element: HTMLElement;
  quantity: string | undefined;
}

/** Describes what a refresh changes in the cart, marks the changed lines, and keeps the focus near them. */
export function describeCartChanges(): void {
  describeRefreshWith(() => {
    const before = linesOf(document);
    return () => describe(changedLines(before, linesOf(document)));
  });
  watchParts((part) => {
    const before = linesOf(part);
    return (lostFocus) => {
      const changed = changedLines(before, linesOf(part));
      for (const line of changed) mark(line);
      if (lostFocus) moveFocus(lostFocus, part, changed);
    };
  });
}

/** The lines of a cart by their ids, with their quantities at this moment. */
function linesOf(part: ParentNode): Map<string, Line> {
  const elements = [...part.querySelectorAll<HTMLElement>('[data-quantity]')];
  return new Map(
    elements.map((element) => [element.id, { element, quantity: element.dataset.quantity }]),
  );
}

/** Returns the lines that are new, have another quantity, or are gone. A line that is gone is not in the document. */
function changedLines(before: Map<string, Line>, after: Map<string, Line>): HTMLElement[] {
  return [...new Map([...before, ...after])]
    .filter(([id]) => before.get(id)?.quantity !== after.get(id)?.quantity)
    .map(([, { element }]) => element);
}

function describe(changed: HTMLElement[]): string {
  const [line] = changed;
  if (!line || changed.length > 1) return 'Your cart was changed.';
  const name = line.querySelector('a')!.textContent;
  return line.isConnected
    ? `${name}: quantity changed to ${line.dataset.quantity}.`
    : `${name} removed.`;
}

/** Starts the animation of a changed line, again if it is running. */
function mark(line: HTMLElement): void {
  line.classList.remove('changed');
  void line.offsetWidth;
  line.classList.add('changed');
}

/** The next thing that a person may want is to undo a removal, or to see the line that an undo brought back. */
function moveFocus(lost: Element, part: HTMLElement, changed: HTMLElement[]): void {
  if (lost.matches('.undo button')) {
    const link = changed.length === 1 && changed[0]!.querySelector('a');
    if (link && link.isConnected) link.focus();
    else focusPart(document.querySelector('h1')!);
    return;
  }
  const undo = part.querySelector<HTMLElement>('.undo button');
  if (undo) focusWithoutScrolling(undo);
  else focusPart(part);
}
