import { reAuthenticationForm } from '../auth/password/re-authenticate.ts';
import { logInForm, signUpForm } from '../auth/sign-in/forms.ts';
import type { User } from '../database/schema.ts';
import { maskEmail } from '../lib/mask-email.ts';
import { pleaseWait } from '../lib/wait.ts';
import { entry, type Entries, type Entry, type PageDataOf } from './entry.ts';
import { allErrors } from './form-errors.ts';
import { ada, longest, signedIn } from './people.ts';

export const signInEntries: Entries = {
  'the-sign-in': signIn(),
  'the-sign-in-after-a-deletion': signIn({
    flash: { success: ['Your account is deleted. Goodbye, and safe travels.'] },
  }),
  'a-sign-in-left-empty': signIn({ errors: allErrors(logInForm) }),
  'a-sign-in-with-a-wrong-password': signIn({
    values: { email: ada.email, remember: 'yes' },
    errors: { email: 'The e-mail or password is incorrect.' },
  }),
  'a-sign-in-slowed-down': signIn({
    values: { email: longest.email },
    errors: { password: `Too many attempts. ${pleaseWait(512)}` },
  }),
  'the-sign-up': signUp(),
  'a-sign-up-full-of-mistakes': signUp({ values: longest, errors: allErrors(signUpForm) }),
  'a-re-authentication': reAuthentication(),
  'a-re-authentication-with-a-wrong-password': reAuthentication({
    password: 'That password is incorrect.',
  }),
  'a-link-opened': accept(ada),
  'a-link-opened-with-a-cart': accept(longest, { itemCount: 3 }), // shop
  'a-link-opened-by-somebody-else': accept(longest, signedIn(ada)),
};

function signIn(more: Partial<PageDataOf<'auth/login'>> = {}): Entry {
  const empty = { title: 'Sign in', path: '/login', values: {}, errors: {} };
  return entry('auth/login', { ...empty, fields: logInForm.fields, ...more });
}

function signUp(more: Partial<PageDataOf<'auth/signup'>> = {}): Entry {
  const empty = { title: 'Create an account', path: '/signup', values: {}, errors: {} };
  return entry('auth/signup', { ...empty, fields: signUpForm.fields, ...more });
}

function reAuthentication(errors: Record<string, string> = {}): Entry {
  return entry('auth/re-authenticate', {
    title: 'Confirm it’s you',
    ...signedIn(ada),
    fields: reAuthenticationForm.fields,
    values: {},
    errors,
  });
}

function accept(maker: User, more: Partial<PageDataOf<'auth/transfer-accept'>> = {}): Entry {
  return entry('auth/transfer-accept', {
    title: 'Continue on this device',
    name: maker.name,
    address: maskEmail(maker.email),
    ...more,
  });
}
