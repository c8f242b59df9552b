import { logInForm, signUpForm } from '../auth/forms.ts';
import { pleaseWait } from '../domain/wait.ts';
import type { Entries, Entry } from './entry.ts';
import { allErrors } from './form-errors.ts';
import { ada, longest, signedIn } from './people.ts';

export const doorEntries: Entries = {
  'the-sign-in': signIn(),
  'the-sign-in-after-a-goodbye': signIn({
    flash: { success: ['Your account is deleted. Goodbye, and safe travels.'] },
  }),
  'a-sign-in-left-empty': signIn({ errors: allErrors(logInForm) }),
  'a-sign-in-with-a-wrong-password': signIn({
    values: { email: ada.email, remember: 'yes' },
    errors: { email: 'We know no account with this e-mail address and password.' },
  }),
  'a-sign-in-slowed-down': signIn({
    values: { email: longest.email },
    errors: { password: `There were too many tries. ${pleaseWait(512)}` },
  }),
  'the-sign-up': signUp(),
  'a-sign-up-full-of-mistakes': signUp({ values: longest, errors: allErrors(signUpForm) }),
  'a-link-opened': accept({ name: ada.name }),
  'a-link-opened-by-somebody-else': accept({ name: longest.name, ...signedIn(ada) }),
};

function signIn(more: object = {}): Entry {
  const empty = { title: 'Sign in', path: '/login', values: {}, errors: {} };
  return { view: 'auth/login', data: { ...empty, ...more } };
}

function signUp(more: object = {}): Entry {
  const empty = { title: 'Create an account', path: '/signup', values: {}, errors: {} };
  return { view: 'auth/signup', data: { ...empty, ...more } };
}

function accept(more: object): Entry {
  return { view: 'auth/transfer-accept', data: { title: 'Continue on this device', ...more } };
}
