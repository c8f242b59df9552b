import { reAuthenticationForm } from '../auth/password/re-authenticate.ts';
import { logInForm, signUpForm } from '../auth/sign-in/forms.ts';
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
  'a-link-opened': accept({ name: ada.name }),
  'a-link-opened-by-somebody-else': accept({ name: longest.name, ...signedIn(ada) }),
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

function accept(more: Omit<PageDataOf<'auth/transfer-accept'>, 'title'>): Entry {
  return entry('auth/transfer-accept', { title: 'Continue on this device', ...more });
}
