import type { FastifyPluginAsync } from 'fastify';
import { handleForm } from '../../http/form-handler.ts';
import { invalid } from '../../lib/problem.ts';
import { noteReAuthentication } from '../../session/re-authentication.ts';
import { ownerOf } from '../../store/contract/owner.ts';
import { PASSWORDS_DIFFER } from '../fields.ts';
import type { CheckPassword } from '../password/check-password.ts';
import { passwordFault } from '../password/password-rules.ts';
import type { Passwords } from '../password/passwords.ts';
import { showAccount } from './account-page.ts';
import { passwordForm } from './forms.ts';

interface Options {
  passwords: Passwords;
  checkPassword: CheckPassword;
}

export const changePassword: FastifyPluginAsync<Options> = async (
  app,
  { passwords, checkPassword },
) => {
  handleForm(app, '/account/password', {
    form: passwordForm,
    page: (reply, { errors }) => showAccount(reply, { password: { values: {}, errors } }),
    async act({ current, password, confirm }, request, reply) {
      const user = request.user!;
      const fault = passwordFault(password, user);
      if (fault) throw invalid({ password: fault });
      if (confirm !== password) throw invalid({ confirm: PASSWORDS_DIFFER });
      await checkPassword(request, current, {
        field: 'current',
        onWrong: () => request.audit('authn_password_change_fail'),
      });

      // The password is changed last: if the store fails before, nothing has changed and the form can be sent again.
      const passwordHash = await passwords.hash(password);
      await noteReAuthentication(request, reply);
      await app.store.sessions.endOtherDevices(ownerOf(user), request.session.sessionId);
      const { passwordVersion } = await app.users.setPassword(user.id, passwordHash);
      request.session.passwordVersion = passwordVersion;
      request.audit('authn_password_change');
      return {
        to: '/account',
        message: 'Your password is changed. All your other devices are signed out.',
      };
    },
  });
};
