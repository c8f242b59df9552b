import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { FieldErrors } from '../domain/problem.ts';
import { withFormStatus } from './form-status.ts';

interface FilledForm {
  values: object;
  errors: FieldErrors;
}

type AccountForm = 'profile' | 'email' | 'password' | 'delete';

export const accountPage: FastifyPluginAsync = async (app) => {
  app.get('/account', async (_request, reply) => showAccount(reply));
};

/** The account page with one of its forms as it was sent, and what is wrong with it. */
export function refuse(
  reply: FastifyReply,
  form: AccountForm,
  values: object,
  errors: FieldErrors,
) {
  return showAccount(withFormStatus(reply, errors), { [form]: { values, errors } });
}

function showAccount(reply: FastifyReply, sent: Partial<Record<AccountForm, FilledForm>> = {}) {
  const empty: FilledForm = { values: {}, errors: {} };
  const profile: FilledForm = { values: reply.request.user ?? {}, errors: {} };
  return reply.page('auth/account', {
    title: 'Your account',
    errors: Object.values(sent)[0]?.errors ?? {},
    forms: { profile, email: empty, password: empty, delete: empty, ...sent },
  });
}
