import { answers } from '../plugins/errors.ts';
import type { ProblemCode } from '../domain/problem.ts';
import { pleaseWait } from '../domain/wait.ts';
import type { Entries, Entry } from './entry.ts';

/** What comes with some of the problems. */
const more: Partial<Record<ProblemCode, object>> = {
  'form-expired': {
    form: {
      action: '/login',
      fields: [
        { name: 'email', label: 'E-mail', value: 'ada@example.com' },
        { name: 'password', label: 'Password', secret: true, value: '' },
      ],
    },
  },
  invalid: { messages: ['Choose a product.', 'Enter a whole number from 1 to 99.'] },
  busy: { advice: `${answers.busy.advice} ${pleaseWait(2)}` },
  'slow-down': { advice: `${answers['slow-down'].advice} ${pleaseWait(42)}` },
};

/** Each problem that the shop knows. */
export const errorEntries: Entries = Object.fromEntries(
  Object.entries(answers).map(([code, { title, advice }]): [string, Entry] => [
    `problem-${code}`,
    {
      view: 'errors/error',
      data: {
        title,
        advice,
        code,
        requestId: 'made-up-request',
        messages: [],
        form: null,
        ...more[code as ProblemCode],
      },
    },
  ]),
);
