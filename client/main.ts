/** Every page works without this script. The script shows changes at once, and changes of other devices. */
import { helpWithPasswords } from './forms/password.ts';
import { sendFormsOnce } from './forms/send-once.ts';
import { followOwner } from './live/follow.ts';
import { isOutage, waitForStore } from './live/outage.ts';
// shop {
import { takeOverCartForms } from './shop/cart-forms.ts';
import { describeCartChanges } from './shop/cart-lines.ts';
import { renewChangeIds } from './shop/change-ids.ts';
import { searchAsYouType } from './shop/search.ts';

// A page from the back/forward cache contains change ids that were used. A new press must be a new change.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) renewChangeIds(document);
});
// } shop

// shop {
/** A page that answered a cart form cannot be loaded again, because its address accepts only forms. */
const isAnswerToForm = location.pathname.startsWith('/cart/');
if (!isAnswerToForm) {
  describeCartChanges();
  takeOverCartForms();
}
// } shop
if (!isOutage()) followOwner();
waitForStore();
searchAsYouType(); // shop
helpWithPasswords();
// After the cart's forms, which the script sends by itself.
sendFormsOnce();
