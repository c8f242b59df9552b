import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { fieldErrors } from '../domain/form.ts';
import { passwordForm } from './account-forms.ts';
import { refuse } from './account-page.ts';
import { wrongPassword, type CheckPassword } from './check-password.ts';
import { formAfterHaste } from './haste.ts';
import { passwordFault } from './password-rules.ts';
import type { Passwords } from './passwords.ts';
import { renewProof } from './proof.ts';

interface Options {
  passwords: Passwords;
  checkPassword: CheckPassword;
}

export const changePassword: FastifyPluginAsyncTypebox<Options> = async (
  app,
  { passwords, checkPassword },
) => {
  app.setErrorHandler(
    formAfterHaste((reply, _values, { password: wait = '' }) =>
      refuse(reply, 'password', {}, { current: wait }),
    ),
  );

  app.post(
    '/account/password',
    { schema: { body: passwordForm }, attachValidation: true },
    async (request, reply) => {
      const errors = fieldErrors(passwordForm, request.validationError);
      if (errors) return refuse(reply, 'password', {}, errors);
      const { current, password, confirm } = request.body;
      const user = request.user!;
      const fault = passwordFault(password, user);
      if (fault) return refuse(reply, 'password', {}, { password: fault });
      if (confirm !== password) {
        return refuse(reply, 'password', {}, { confirm: 'The two passwords differ.' });
      }
      if (!(await checkPassword(request, user, current))) {
        request.audit('authn_password_change_fail');
        return refuse(reply, 'password', {}, { current: wrongPassword });
      }

      // The password goes last: if the store fails on the way, nothing has changed and the form can be sent again.
      const passwordHash = await passwords.hash(password);
      await renewProof(request, reply);
      await app.state.sessions.endOtherDevices(`user-${user.id}`, request.session.sessionId);
      const { passwordVersion } = app.users.setPassword(user.id, passwordHash);
      request.session.passwordVersion = passwordVersion;
      request.audit('authn_password_change');
      request.flash('success', 'Your password is changed. All your other devices are signed out.');
      return reply.redirect('/account', 303);
    },
  );
};
