import type { FastifyPluginAsync } from 'fastify';
import { handleForm } from '../../http/form-handler.ts';
import { invalid } from '../../lib/problem.ts';
import { noteReAuthentication } from '../../session/re-authentication.ts';
import { SessionGone } from '../../store/contract/errors.ts';
import type { CheckPassword } from '../password/check-password.ts';
import { showAccount } from './account-page.ts';
import { emailForm } from './forms.ts';

const TAKEN = 'There is another account with this address.';

export const changeEmail: FastifyPluginAsync<{ checkPassword: CheckPassword }> = async (
  app,
  { checkPassword },
) => {
  handleForm(app, '/account/email', {
    form: emailForm,
    config: { offeredOn: '/account', answersRepeats: true },
    page: (reply, email) => showAccount(reply, { email }),
    async act({ email, password }, request, reply) {
      await checkPassword(request, password);
      await app.rateLimits.countUser(request, 'email');
      const { id } = request.user!;
      const holder = app.users.findByEmail(email);
      if (holder && holder.id !== id) throw invalid({ email: TAKEN });
      await noteReAuthentication(request, reply);
      if (!(await app.users.update(id, { email }))) {
        throw app.users.find(id) ? invalid({ email: TAKEN }) : new SessionGone();
      }
      request.audit('user_updated', { what: 'email' });
      return {
        to: '/account',
        message: 'Your e-mail address is changed. Sign in with it from now on.',
      };
    },
  });
};
