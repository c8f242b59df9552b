import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { emptyForm, type SentForm } from '../../http/form-handler.ts';
import { readableEmail } from '../../lib/email-address.ts';
import { deleteForm, emailForm, passwordForm, profileForm } from './forms.ts';

const forms = {
  profile: profileForm,
  email: emailForm,
  password: passwordForm,
  delete: deleteForm,
};

type AccountForm = keyof typeof forms;
type SentForms = Record<AccountForm, SentForm>;

declare module '../../rendering/views.ts' {
  interface Views {
    'auth/account': {
      /** The address of the user, for reading. */
      address: string;
      /** The fields of each form. */
      fields: { [Name in AccountForm]: (typeof forms)[Name]['fields'] };
      /** Each form as it was sent. */
      sent: SentForms;
    };
  }
}

export const accountPage: FastifyPluginAsync = async (app) => {
  app.get('/account', async (_request, reply) => showAccount(reply));
};

/** Shows the account page. One of its forms may come back as it was sent. */
export function showAccount(reply: FastifyReply, sent: Partial<SentForms> = {}) {
  const { name, email, website } = reply.request.user!;
  const profile = { values: { name, website }, errors: {} };
  return reply.page('auth/account', {
    title: 'Your account',
    errors: Object.values(sent)[0]?.errors ?? {},
    address: readableEmail(email),
    fields: accountFields,
    sent: { profile, email: emptyForm, password: emptyForm, delete: emptyForm, ...sent },
  });
}

export const accountFields = {
  profile: profileForm.fields,
  email: emailForm.fields,
  password: passwordForm.fields,
  delete: deleteForm.fields,
};
