import { deviceName } from '../lib/device-name.ts';
import { deviceList, oneDevice, strangeDevices, twoDevices } from './devices.ts';
import { entry, type Entries, type Entry, type PageDataOf } from './entry.ts';
import { ada, longest, signedIn } from './people.ts';
import { longestNames, noLines, priced, threeLines } from './shop/goods.ts'; // shop

export const dashboardEntries: Entries = {
  'the-dashboard': dashboard(),
  'the-dashboard-of-somebody-new': dashboard({
    cart: priced(noLines), // shop
    ...deviceList(oneDevice),
    flash: { success: [`Welcome to Satchel, ${ada.name}.`] },
  }),
  'the-dashboard-after-a-new-device': dashboard({
    flash: { arrival: ['Signed in on Safari on iOS just now.'] },
  }),
  // shop {
  'the-dashboard-after-a-merge': dashboard({
    joined: 'Your carts were combined: we added what was in this browser.',
    undo: { version: 1, kind: 'merge' },
  }),
  // } shop
  'the-dashboard-of-the-longest-name': dashboard({
    cart: priced(longestNames), // shop
    ...signedIn(longest),
    ...deviceList(strangeDevices),
    variable: undefined,
  }),
};

function dashboard(more: Partial<PageDataOf<'main/dashboard'>> = {}): Entry {
  return entry('main/dashboard', {
    title: 'Dashboard: you are logged in',
    path: '/',
    ...signedIn(ada),
    ...deviceList(twoDevices),
    deviceName,
    variable: 'This is a session variable.',
    // shop {
    cart: priced(threeLines),
    itemCount: more.cart?.count ?? priced(threeLines).count,
    // } shop
    ...more,
  });
}
