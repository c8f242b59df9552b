import { errorAnswers } from '../http/error-answers.ts';
import { logInForm } from '../auth/sign-in/forms.ts';
import type { ProblemCode } from '../lib/problem.ts';
import { signUpForm } from '../auth/sign-in/forms.ts';
import { pleaseWait } from '../lib/wait.ts';
import { entry, type Entries, type PageDataOf } from './entry.ts';

const { email, password } = logInForm.fields;

/** Data that only some of the problems have. */
const more: Partial<Record<ProblemCode, Partial<PageDataOf<'errors/error'>>>> = {
  'form-expired': {
    form: {
      action: '/login',
      fields: [
        { field: email, value: 'ada@example.com' },
        { field: password, value: '' },
      ],
    },
  },
  'cross-site': { formPage: '/login' },
  invalid: { messages: [signUpForm.fields.name.message, signUpForm.fields.email.message] },
  busy: { advice: `${errorAnswers.busy.advice} ${pleaseWait(2)}` },
  'slow-down': { advice: `${errorAnswers['slow-down'].advice} ${pleaseWait(42)}` },
};

/** Every problem that the app knows. */
export const errorEntries: Entries = Object.fromEntries(
  (Object.keys(errorAnswers) as ProblemCode[]).map((code) => [
    `problem-${code}`,
    entry('errors/error', {
      title: errorAnswers[code].title,
      advice: errorAnswers[code].advice,
      code,
      requestId: 'made-up-request',
      messages: [],
      form: null,
      formPage: null,
      ...more[code],
    }),
  ]),
);
