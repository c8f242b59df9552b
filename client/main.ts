/** Every page works without this script. The script shows changes at once, and changes of other devices. */
import { helpWithPasswords } from './forms/password.ts';
import { sendFormsOnce } from './forms/send-once.ts';
import { followOwner } from './live/follow.ts';
import { isOutage, waitForStore } from './live/outage.ts';
// shop {
import { takeOverCartForms } from './shop/cart-forms.ts';
import { describeCartChanges } from './shop/cart-lines.ts';
import { renewUsedIds } from './shop/change-ids.ts';
import { searchAsYouType } from './shop/search.ts';
// } shop

// shop {
/** A page that answered a cart form cannot be loaded again, because its address accepts only forms. */
const isAnswerToForm = location.pathname.startsWith('/cart/');
if (!isAnswerToForm) start(describeCartChanges, takeOverCartForms);
start(renewUsedIds, searchAsYouType);
// } shop
if (!isOutage()) start(followOwner);
start(waitForStore, helpWithPasswords, sendFormsOnce);

/** Starts each part apart from the others. A part that this browser cannot run leaves its work to the plain page. */
function start(...parts: (() => void)[]): void {
  for (const part of parts) {
    try {
      part();
    } catch (error) {
      window.reportError?.(error);
    }
  }
}
