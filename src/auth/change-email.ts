import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { fieldErrors } from '../domain/form.ts';
import { emailForm } from './account-forms.ts';
import { refuse } from './account-page.ts';
import { wrongPassword, type CheckPassword } from './check-password.ts';
import { formAfterHaste } from './haste.ts';
import { renewProof } from './proof.ts';

export const changeEmail: FastifyPluginAsyncTypebox<{ checkPassword: CheckPassword }> = async (
  app,
  { checkPassword },
) => {
  app.setErrorHandler(
    formAfterHaste((reply, values, errors) => refuse(reply, 'email', values, errors)),
  );

  app.post(
    '/account/email',
    { schema: { body: emailForm }, attachValidation: true },
    async (request, reply) => {
      const errors = fieldErrors(emailForm, request.validationError);
      if (errors) return refuse(reply, 'email', request.body, errors);
      const { email, password } = request.body;
      const user = request.user!;
      if (!(await checkPassword(request, user, password))) {
        return refuse(reply, 'email', request.body, { password: wrongPassword });
      }
      await renewProof(request, reply);
      if (!app.users.update(user.id, { email })) {
        return refuse(reply, 'email', request.body, {
          email: 'There is another account with this address.',
        });
      }
      request.audit('user_updated', { what: 'email' });
      request.flash('success', 'Your e-mail address is changed. Sign in with it from now on.');
      return reply.redirect('/account', 303);
    },
  );
};
