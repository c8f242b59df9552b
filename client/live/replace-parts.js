import { changedLines, linesOf } from '../shop/cart-lines.ts';
/** Nobody asked to be somewhere else: the next press would land on another line. */
const STAYING = { preventScroll: true };
/** Puts what the fresh page holds in the place of our elements with this attribute. They are told apart by their ids. */
export function replaceParts(fresh, attribute) {
    for (const part of document.querySelectorAll(`[${attribute}]`)) {
        const replacement = fresh.getElementById(part.id);
        if (replacement)
            replacePart(part, document.adoptNode(replacement));
    }
}
/**
 * Keeps the focus and what is being typed, and marks the lines that are not as they were. The part itself stays
 * and only its children change, so that a click that has begun on it still ends on it.
 */
function replacePart(part, fresh) {
    if (part.isEqualNode(fresh))
        return;
    const before = linesOf(part);
    const typing = inputsOf(part).filter(({ value, defaultValue }) => value !== defaultValue);
    const focus = part.contains(document.activeElement) ? placeOf(document.activeElement) : null;
    part.replaceChildren(...fresh.childNodes);
    const changed = changedLines(before, linesOf(part));
    for (const line of changed)
        line.classList.add('changed');
    for (const { id, value } of typing) {
        const input = inputsOf(part).find((input) => input.id === id);
        if (input)
            input.value = value;
    }
    if (focus)
        focusAgain(focus, part, changed);
}
function inputsOf(part) {
    return [...part.querySelectorAll('input[id]')];
}
function placeOf(element) {
    const isInput = element instanceof HTMLInputElement;
    return {
        element,
        scope: element.closest('[id]')?.id ?? '',
        caret: isInput ? [element.selectionStart ?? 0, element.selectionEnd ?? 0] : undefined,
    };
}
/** The same control where it is still there, else the part itself, so that nobody is thrown back to the top. */
function focusAgain({ element, scope, caret }, part, changed) {
    if (element === part)
        return focusUndo(part);
    const near = document.getElementById(scope);
    const same = element.id === scope
        ? near
        : [...(near?.querySelectorAll(element.tagName) ?? [])].find(({ textContent }) => textContent === element.textContent);
    if (!(same instanceof HTMLElement)) {
        return element.closest('.undo') ? focusWhatCameBack(changed) : focusPart(part);
    }
    same.focus(STAYING);
    if (caret)
        same.setSelectionRange(...caret);
}
/** Whoever took a line out is where the line was: what they may want next is to take that back. */
function focusUndo(part) {
    part.querySelector('.undo button')?.focus(STAYING);
}
/** Whoever took a change back looks at the line that is as it was, or at the cart where that is more than one. */
function focusWhatCameBack(changed) {
    const link = changed.length === 1 && changed[0].querySelector('a');
    if (link && link.isConnected)
        link.focus();
    else
        focusPart(document.querySelector('h1'));
}
/** For when what had the focus is gone. */
export function focusPart(part) {
    part.tabIndex = -1;
    part.focus(STAYING);
}
