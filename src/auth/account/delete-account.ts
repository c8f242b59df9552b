import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { User } from '../../database/schema.ts';
import { handleForm } from '../../http/form-handler.ts';
import { StoreUnavailable } from '../../store/contract/errors.ts';
import { ownerOf } from '../../store/contract/owner.ts';
import type { CheckPassword } from '../password/check-password.ts';
import { showAccount } from './account-page.ts';
import { deleteForm } from './forms.ts';

const GOODBYE = '/login?goodbye=1';

export const deleteAccount: FastifyPluginAsync<{ checkPassword: CheckPassword }> = async (
  app,
  { checkPassword },
) => {
  // A repeat comes when the account is gone already. The id of an account cannot be guessed.
  app.addHook('preValidation', async ({ user, body }, reply) => {
    const { account } = (body ?? {}) as { account?: unknown };
    if (user || typeof account !== 'string' || app.users.find(account)) return undefined;
    return reply.redirect(GOODBYE, 303);
  });

  handleForm(app, '/account/delete', {
    form: deleteForm,
    config: { offeredOn: '/account', answersRepeats: true },
    page: (reply, { errors }) => showAccount(reply, { delete: { values: {}, errors } }),
    async act({ password }, request, reply) {
      await checkPassword(request, password);
      const user = request.user!;
      request.audit('user_deleted');
      // The sessions end first, so that no running request stores anything again. Then comes what is stored, then the
      // row: if the store fails before, the person can sign in and try again.
      await app.store.sessions.endOtherDevices(ownerOf(user), request.session.sessionId);
      await reply.endSession();
      await app.rateLimits.forgetUser(user);
      await removeData(user);
      await app.users.remove(user.id);
      // A sign-in that began before may have stored something meanwhile. One that ends later sees that the row is gone.
      await removeRest(request, user);
      return { to: GOODBYE };
    },
  });

  /** The account is deleted, whether this succeeds or not. */
  async function removeRest(request: FastifyRequest, user: User): Promise<void> {
    try {
      await app.store.sessions.endOtherDevices(ownerOf(user), request.session.sessionId);
      await removeData(user);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      request.log.error({ err: error }, 'data of a deleted account may be left');
    }
  }

  async function removeData(user: User): Promise<void> {
    for (const data of app.personalData.values()) await data.remove(user);
  }
};
