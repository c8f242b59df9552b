import type { FastifyPluginAsync } from 'fastify';
import { handleForm } from '../../http/form-handler.ts';
import { invalid } from '../../lib/problem.ts';
import { noteReAuthentication } from '../../session/re-authentication.ts';
import type { CheckPassword } from '../password/check-password.ts';
import { showAccount } from './account-page.ts';
import { emailForm } from './forms.ts';

export const changeEmail: FastifyPluginAsync<{ checkPassword: CheckPassword }> = async (
  app,
  { checkPassword },
) => {
  handleForm(app, '/account/email', {
    form: emailForm,
    page: (reply, email) => showAccount(reply, { email }),
    async act({ email, password }, request, reply) {
      await checkPassword(request, password);
      await noteReAuthentication(request, reply);
      if (!(await app.users.update(request.user!.id, { email }))) {
        throw invalid({ email: 'There is another account with this address.' });
      }
      request.audit('user_updated', { what: 'email' });
      return {
        to: '/account',
        message: 'Your e-mail address is changed. Sign in with it from now on.',
      };
    },
  });
};
