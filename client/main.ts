/** Pages work without this script; it makes them livelier. */
import { takeOverCartForms } from './shop/cart-forms.ts';
import { renewChangeIds } from './shop/change-ids.ts';
import { followCart } from './live/live.ts';
import { isOutage, waitForStore } from './live/outage.ts';
import { helpWithPasswords } from './forms/password.ts';
import { searchAsYouType } from './shop/search.ts';

// A page from the back/forward cache holds change ids that were used: a new press is a new change.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) renewChangeIds(document);
});

// A page that answered a form cannot be fetched anew: its address takes only forms.
if (!location.pathname.startsWith('/cart/')) {
  takeOverCartForms();
  if (!isOutage()) followCart();
}
waitForStore();
searchAsYouType();
helpWithPasswords();
