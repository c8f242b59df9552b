import type { FastifyPluginAsync } from 'fastify';
import { handleForm } from '../../http/form-handler.ts';
import { invalid } from '../../lib/problem.ts';
import { noteReAuthentication } from '../../session/re-authentication.ts';
import { ownerOf } from '../../store/contract/owner.ts';
import { PASSWORDS_DIFFER } from '../fields.ts';
import type { CheckPassword } from '../password/check-password.ts';
import { passwordFault } from '../password/password-rules.ts';
import type { Passwords } from '../password/passwords.ts';
import type { Limits } from '../sign-in/limits.ts';
import { showAccount } from './account-page.ts';
import { passwordForm } from './forms.ts';

interface Options {
  passwords: Passwords;
  limits: Limits;
  checkPassword: CheckPassword;
}

export const changePassword: FastifyPluginAsync<Options> = async (
  app,
  { passwords, limits, checkPassword },
) => {
  handleForm(app, '/account/password', {
    form: passwordForm,
    config: { offeredOn: '/account', answersRepeats: true },
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

      // The id rotates first, because no other request must load this session while it has the old version of the
      // password. If the store fails here, nothing has changed and the form can be sent again.
      const passwordHash = await passwords.hash(password, limits.asker(request));
      await noteReAuthentication(request, reply);
      const changed = await app.users.setPassword(user.id, passwordHash, user.passwordVersion);
      if (!changed) {
        // Another device has changed the password, or deleted the account. That ends this session.
        await reply.endSession();
        return { to: '/login?overtaken=1' };
      }
      request.session.passwordVersion = changed.passwordVersion;
      await app.knownDevices.markDevice(request, reply, changed, user);
      request.audit('authn_password_change');
      await app.store.sessions.endOtherDevices(ownerOf(user), request.session.sessionId);
      return {
        to: '/account',
        message: 'Your password is changed. All your other devices are signed out.',
      };
    },
  });
};
