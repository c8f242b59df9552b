import { accountFields } from '../auth/account/account-page.ts';
import { deleteForm, emailForm, passwordForm, profileForm } from '../auth/account/forms.ts';
import { drawQrCode } from '../auth/transfer/qr-code.ts';
import type { User } from '../database/schema.ts';
import { emptyForm, type SentForm } from '../http/form-handler.ts';
import { readableEmail } from '../lib/email-address.ts';
import type { Form } from '../lib/forms/form.ts';
import { deviceList, manyDevices, oneDevice, strangeDevices, twoDevices } from './devices.ts';
import { entry, type Entries, type Entry, type PageDataOf } from './entry.ts';
import { allErrors } from './form-errors.ts';
import { ada, longest, signedIn } from './people.ts';

const LINK = `https://shop.example/transfer/${'made-up_token'.repeat(4).slice(0, 43)}`;
const TRANSFER = { title: 'Continue on your phone', minutes: 10, ...signedIn(ada) };

export const accountEntries: Entries = {
  'the-account': account(ada),
  'the-account-of-the-longest-name': account(longest),
  'an-account-with-a-wrong-profile': account(ada, { profile: wrong(profileForm) }),
  'an-account-with-a-wrong-address': account(ada, { email: wrong(emailForm) }),
  'an-account-with-a-wrong-new-password': account(ada, { password: wrong(passwordForm) }),
  'an-account-not-deleted': account(ada, { delete: wrong(deleteForm) }),
  'one-device': devices(oneDevice),
  'two-devices': devices(twoDevices),
  'many-devices': devices(manyDevices),
  'the-second-page-of-devices': devices(manyDevices, { count: 40, page: 2, previous: 1, next: 3 }),
  'strange-devices': devices(strangeDevices),
  'before-a-link': entry('auth/transfer', TRANSFER),
  'a-link-to-the-phone': entry('auth/transfer', {
    ...TRANSFER,
    made: { link: LINK, qr: drawQrCode(LINK) },
  }),
};

function account(user: User, sent: Record<string, SentForm> = {}): Entry {
  const { name, email, website } = user;
  const profile = { values: { name, website }, errors: {} };
  return entry('auth/account', {
    title: 'Your account',
    path: '/account',
    ...signedIn(user),
    address: readableEmail(email),
    fields: accountFields,
    sent: { profile, email: emptyForm, password: emptyForm, delete: emptyForm, ...sent },
  });
}

function wrong(form: Pick<Form, 'fields'>): SentForm {
  return { values: ada, errors: allErrors(form) };
}

function devices(
  devices: typeof manyDevices,
  more: Partial<PageDataOf<'auth/devices'>> = {},
): Entry {
  return entry('auth/devices', {
    title: 'Your devices',
    ...signedIn(ada),
    ...deviceList(devices),
    ...more,
  });
}
