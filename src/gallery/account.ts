import { deleteForm, emailForm, passwordForm, profileForm } from '../auth/account-forms.ts';
import { drawQrCode } from '../auth/qr-code.ts';
import type { User } from '../database/schema.ts';
import type { PricedCart } from '../domain/priced-cart.ts';
import { listOf, many, one, strange, two } from './devices.ts';
import type { Entries, Entry } from './entry.ts';
import { allErrors } from './form-errors.ts';
import { longestNames, noLines, priced, threeLines } from './goods.ts';
import { ada, longest, signedIn } from './people.ts';

const LINK = `https://shop.example/transfer/${'made-up_token'.repeat(4).slice(0, 43)}`;

export const accountEntries: Entries = {
  'the-dashboard': dashboard({ cart: priced(threeLines) }),
  'the-dashboard-of-somebody-new': dashboard({
    cart: priced(noLines),
    ...listOf(one),
    flash: { success: [`Welcome to Satchel, ${ada.name}.`] },
  }),
  'the-dashboard-after-an-arrival': dashboard({
    cart: priced(threeLines),
    flash: { arrival: ['Signed in on Safari on iOS just now.'] },
  }),
  'the-dashboard-of-the-longest-name': dashboard({
    cart: priced(longestNames),
    ...signedIn(longest),
    ...listOf(strange),
    variable: undefined,
  }),
  'the-account': account(ada),
  'the-account-of-the-longest-name': account(longest),
  'an-account-with-a-wrong-profile': account(ada, { profile: wrong(profileForm) }),
  'an-account-with-a-wrong-address': account(ada, { email: wrong(emailForm) }),
  'an-account-with-a-wrong-new-password': account(ada, { password: wrong(passwordForm) }),
  'an-account-not-deleted': account(ada, { delete: wrong(deleteForm) }),
  'is-it-you': confirm({}),
  'it-is-not-you': confirm({ password: 'This is not your password.' }),
  'one-device': devices(one),
  'two-devices': devices(two),
  'many-devices': devices(many),
  'strange-devices': devices(strange),
  'before-a-link': page('auth/transfer', { title: 'Continue on your phone' }),
  'a-link-to-the-phone': page('auth/transfer', {
    title: 'Continue on your phone',
    link: LINK,
    qr: drawQrCode(LINK),
    minutes: 10,
  }),
};

function page(view: string, data: { title: string; [name: string]: unknown }): Entry {
  return { view, data: { ...signedIn(ada), ...data } };
}

function dashboard(data: { cart: PricedCart; [name: string]: unknown }): Entry {
  const variable = 'This is a session variable.';
  const itemCount = data.cart.count;
  return page('main/dashboard', {
    title: 'Dashboard',
    path: '/',
    ...listOf(two),
    variable,
    itemCount,
    ...data,
  });
}

function account(user: User, sent: object = {}): Entry {
  const empty = { values: {}, errors: {} };
  const forms = { profile: { values: user, errors: {} }, email: empty, password: empty };
  return page('auth/account', {
    title: 'Your account',
    path: '/account',
    ...signedIn(user),
    forms: { ...forms, delete: empty, ...sent },
  });
}

function wrong(form: { properties: object }) {
  return { values: ada, errors: allErrors(form) };
}

function confirm(errors: object): Entry {
  return page('auth/confirm', { title: 'Is it you?', values: {}, errors });
}

function devices(devices: typeof many): Entry {
  return page('auth/devices', { title: 'Your devices', ...listOf(devices) });
}
