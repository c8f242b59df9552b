import type { FastifyPluginAsync } from 'fastify';
import { handleForm } from '../../http/form-handler.ts';
import { ownerOf } from '../../store/contract/owner.ts';
import type { CheckPassword } from '../password/check-password.ts';
import { showAccount } from './account-page.ts';
import { deleteForm } from './forms.ts';

export const deleteAccount: FastifyPluginAsync<{ checkPassword: CheckPassword }> = async (
  app,
  { checkPassword },
) => {
  handleForm(app, '/account/delete', {
    form: deleteForm,
    page: (reply, { errors }) => showAccount(reply, { delete: { values: {}, errors } }),
    async act({ password }, request, reply) {
      await checkPassword(request, password);
      const user = request.user!;
      request.audit('user_deleted');
      // The sessions end first, so that no running request stores anything again. The row is deleted last: if the store
      // fails before, the person can sign in and try again.
      await app.store.sessions.endOtherDevices(ownerOf(user), request.session.sessionId);
      await reply.endSession();
      for (const data of app.personalData.values()) await data.remove(user);
      await app.users.remove(user.id);
      return { to: '/login?goodbye=1' };
    },
  });
};
