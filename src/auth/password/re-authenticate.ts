import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { emptyForm, handleForm, type SentForm } from '../../http/form-handler.ts';
import { form } from '../../lib/forms/form.ts';
import { noteReAuthentication } from '../../session/re-authentication.ts';
import { currentPasswordField, nextField } from '../fields.ts';
import { safeReturnTo } from '../sign-in/return-to.ts';
import type { CheckPassword } from './check-password.ts';

export const reAuthenticationForm = form({ password: currentPasswordField, next: nextField });

declare module '../../rendering/views.ts' {
  interface Views {
    'auth/re-authenticate': SentForm & { fields: typeof reAuthenticationForm.fields };
  }
}

/** The page to which a guard sends users who gave their password too long ago. */
export const reAuthenticate: FastifyPluginAsync<{ checkPassword: CheckPassword }> = async (
  app,
  { checkPassword },
) => {
  app.get('/account/confirm', async (request, reply) => {
    const { next } = request.query as { next?: string };
    return page(reply, { ...emptyForm, values: { next: safeReturnTo(next) } });
  });

  handleForm(app, '/account/confirm', {
    form: reAuthenticationForm,
    config: { answersRepeats: true },
    page,
    async act({ password, next }, request, reply) {
      await checkPassword(request, password);
      await noteReAuthentication(request, reply);
      return { to: safeReturnTo(next), message: 'Thanks, you can continue.' };
    },
  });
};

function page(reply: FastifyReply, sent: SentForm) {
  return reply.page('auth/re-authenticate', {
    title: 'Confirm it’s you',
    fields: reAuthenticationForm.fields,
    ...sent,
  });
}
