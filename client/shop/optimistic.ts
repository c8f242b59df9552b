import { announce, speak } from '../announce.ts';
import { focusPart } from '../live/replace-parts.ts';

/** The largest quantity of one product. The shop stores this when more is asked for. */
const MOST = 99;

/** Shows the likely result of a change until the cart of the server arrives. */
export function showOutcome(form: HTMLFormElement, path: string, body: URLSearchParams): void {
  if (path === '/cart/undo') return speak('Undoing.');
  const asked = Number(body.get('quantity') ?? 0);
  const line = form.closest<HTMLElement>('[data-quantity]');
  document.querySelector('.undo')?.classList.add('stale');
  if (path === '/cart/clear') {
    count(-itemsInCart());
    showEmpty();
    speak('Cart emptied.');
  } else if (line) {
    showLine(line, path === '/cart/lines' ? Number(line.dataset.quantity) + asked : asked);
  } else {
    count(Math.min(asked, MOST));
    // A page without a number was rendered during an outage. There the change waits, and the page says so.
    const items = itemsInCart();
    if (items > 0) announce(`${form.dataset.name} added, ${items} in your cart.`);
  }
}

function showLine(line: HTMLElement, asked: number): void {
  const quantity = Math.min(asked, MOST);
  count(quantity - Number(line.dataset.quantity));
  showQuantity(line, quantity);
  if (quantity > 0) {
    // The focus stays on the button, and the button does not say what it did.
    speak(`${line.querySelector('label')?.textContent}: ${quantity}`);
    return;
  }
  const cart = line.closest<HTMLElement>('[data-live]');
  if (cart && line.contains(document.activeElement)) focusPart(cart);
  line.hidden = true;
  if (!cart?.querySelector('[data-quantity]:not([hidden])')) showEmpty();
  speak(`${line.querySelector('a')!.textContent} removed, ${itemsInCart()} in your cart.`);
}

/** Marks the cart while its sums are older than its lines. Only the server knows the prices. */
export function markPending(pending: boolean): void {
  const cart = document.getElementById('cart');
  if (pending) cart?.setAttribute('aria-busy', 'true');
  else cart?.removeAttribute('aria-busy');
}

function showEmpty(): void {
  const cart = document.getElementById('cart');
  if (cart?.contains(document.activeElement)) focusPart(cart);
  for (const part of cart?.querySelectorAll<HTMLElement>('.cart, .undo') ?? []) part.hidden = true;
  document.getElementById('empty-cart')?.removeAttribute('hidden');
}

function count(more: number): void {
  const badge = document.querySelector<HTMLElement>('.badge');
  if (!badge) return;
  const items = itemsInCart() + more;
  badge.dataset.count = badge.textContent = String(items);
  badge.nextElementSibling!.textContent = items === 1 ? ' item' : ' items';
}

/** A page that is being translated may show the number in the digits of another script, so the text is not read. */
function itemsInCart(): number {
  return Number(document.querySelector<HTMLElement>('.badge')?.dataset.count ?? 0);
}

/** Sets the field and the button that decreases it, so that the next press counts from here. */
function showQuantity(line: HTMLElement, quantity: number): void {
  line.dataset.quantity = String(quantity);
  line.querySelector<HTMLButtonElement>('.step')!.value = `${quantity - 1}`;
  const field = line.querySelector<HTMLInputElement>('input[id]')!;
  // The number was sent, so the answer of the server may replace it.
  field.value = field.defaultValue = `${quantity}`;
}
