/** The lines of a cart by their ids, with their quantities at this moment. */
export function linesOf(part) {
    const elements = [...part.querySelectorAll('[data-quantity]')];
    return new Map(elements.map((element) => [element.id, { element, quantity: element.dataset.quantity }]));
}
/** Those that came, those whose quantity is another, and those that went, which are no part of the page any more. */
export function changedLines(before, after) {
    return [...new Map([...before, ...after])]
        .filter(([id]) => before.get(id)?.quantity !== after.get(id)?.quantity)
        .map(([, { element }]) => element);
}
export function describeChange(changed) {
    const [line] = changed;
    if (!line || changed.length > 1)
        return 'Your cart was changed.';
    const name = line.querySelector('a').textContent;
    return line.isConnected
        ? `${name}: ${line.dataset.quantity} now.`
        : `${name} is out of your cart.`;
}
