import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { fieldErrors } from '../domain/form.ts';
import { deleteForm } from './account-forms.ts';
import { refuse } from './account-page.ts';
import { wrongPassword, type CheckPassword } from './check-password.ts';
import { formAfterHaste } from './haste.ts';

export const deleteAccount: FastifyPluginAsyncTypebox<{ checkPassword: CheckPassword }> = async (
  app,
  { checkPassword },
) => {
  app.setErrorHandler(
    formAfterHaste((reply, _values, errors) => refuse(reply, 'delete', {}, errors)),
  );

  app.post(
    '/account/delete',
    { schema: { body: deleteForm }, attachValidation: true },
    async (request, reply) => {
      const errors = fieldErrors(deleteForm, request.validationError);
      if (errors) return refuse(reply, 'delete', {}, errors);
      const user = request.user!;
      if (!(await checkPassword(request, user, request.body.password))) {
        return refuse(reply, 'delete', {}, { password: wrongPassword });
      }

      // Sessions first, so that no request in flight fills the cart again. The row last: if the store fails
      // on the way, the person can sign in and try again.
      const { sessions, carts } = app.state;
      const owner = `user-${user.id}` as const;
      request.audit('user_deleted');
      await sessions.endOtherDevices(owner, request.session.sessionId);
      await reply.endSession();
      await carts.remove(owner);
      app.users.remove(user.id);
      return reply.redirect('/login?goodbye=1', 303);
    },
  );
};
