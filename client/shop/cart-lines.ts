export interface Line {
  element: HTMLElement;
  quantity: string | undefined;
}

/** The lines of a cart by their ids, with their quantities at this moment. */
export function linesOf(part: ParentNode): Map<string, Line> {
  const elements = [...part.querySelectorAll<HTMLElement>('[data-quantity]')];
  return new Map(
    elements.map((element) => [element.id, { element, quantity: element.dataset.quantity }]),
  );
}

/** Those that came, those whose quantity is another, and those that went, which are no part of the page any more. */
export function changedLines(before: Map<string, Line>, after: Map<string, Line>): HTMLElement[] {
  return [...new Map([...before, ...after])]
    .filter(([id]) => before.get(id)?.quantity !== after.get(id)?.quantity)
    .map(([, { element }]) => element);
}

export function describeChange(changed: HTMLElement[]): string {
  const [line] = changed;
  if (!line || changed.length > 1) return 'Your cart was changed.';
  const name = line.querySelector('a')!.textContent;
  return line.isConnected
    ? `${name}: quantity changed to ${line.dataset.quantity}.`
    : `${name} removed.`;
}
