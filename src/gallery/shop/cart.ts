import type { Cart } from '../../store/contract/carts.ts';
import { addForm, setForm } from '../../shop/cart/forms.ts';
import { entry, type Entries, type Entry, type PageDataOf } from '../entry.ts';
import { hundredLines, longestNames, noLines, oneLine, priced, threeLines } from './goods.ts';
import { ada, signedIn } from '../people.ts';

const goneLine = { slug: 'sold-long-ago', quantity: 1 };
const capped = { code: 'capped', slug: 'weekender' } as const;
const full = { code: 'full', slug: 'weekender' } as const;
const merged = { code: 'merged', slugs: ['weekender', 'market-net', 'field-satchel'] } as const;

export const cartEntries: Entries = {
  'an-empty-cart': cart(noLines),
  'an-emptied-cart': cart({ ...noLines, undo: { version: 1, kind: 'clear' } }),
  'a-damaged-cart': cart({ ...noLines, notices: [{ code: 'damaged' }] }),
  'a-cart-of-one-line': cart(oneLine),
  'a-cart-after-adding': cart({ ...threeLines, undo: undo('add') }, signedIn(ada)),
  'a-cart-after-setting': cart({ ...threeLines, notices: [capped], undo: undo('set') }),
  'a-cart-after-removing': cart({ ...threeLines, undo: undo('remove') }),
  'a-cart-after-a-merge': cart(
    {
      ...threeLines,
      notices: [{ ...merged, slugs: [...merged.slugs] }],
      undo: { version: 1, kind: 'merge' },
    },
    signedIn(ada),
  ),
  'a-cart-after-undo': cart({ ...threeLines, notices: [{ code: 'undone' }] }),
  'a-cart-with-nothing-to-undo': cart({ ...threeLines, notices: [{ code: 'nothing-to-undo' }] }),
  'a-cart-with-a-product-that-is-gone': cart({
    ...threeLines,
    lines: [...threeLines.lines, goneLine],
  }),
  'a-cart-with-a-wrong-quantity': cart(threeLines, {
    errors: { quantity: setForm.fields.quantity.message },
    wrong: { slug: 'field-satchel', quantity: 'many' },
  }),
  'a-cart-with-a-wrong-change': cart(threeLines, {
    errors: { change: addForm.fields.change.message },
  }),
  'a-cart-of-the-longest-names': cart(longestNames),
  'a-full-cart': cart({ ...hundredLines, notices: [full], undo: undo('set') }, signedIn(ada)),
};

function undo(kind: 'add' | 'set' | 'remove') {
  return { version: 1, kind, slug: 'weekender' };
}

function cart(cart: Cart, more: Partial<PageDataOf<'shop/cart'>> = {}): Entry {
  const { count } = priced(cart);
  return entry('shop/cart', {
    title: 'Your cart',
    path: '/cart',
    itemCount: count,
    cart: priced(cart),
    undo: cart.undo,
    errors: {},
    wrong: {},
    ...more,
  });
}
