import type { FastifyPluginAsync } from 'fastify';
import { handleForm } from '../../http/form-handler.ts';
import { requireLiveSession } from '../../session/live-session-check.ts';
import { showAccount } from './account-page.ts';
import { profileForm } from './forms.ts';

export const changeProfile: FastifyPluginAsync = async (app) => {
  app.addHook('preHandler', requireLiveSession);

  handleForm(app, '/account/profile', {
    form: profileForm,
    page: (reply, profile) => showAccount(reply, { profile }),
    async act({ name, website }, request) {
      const changes = { name: name.trim(), website: website?.trim() || null };
      await app.users.update(request.user!.id, changes);
      request.audit('user_updated', { what: 'profile' });
      return { to: '/account', message: 'Your profile is saved.' };
    },
  });
};
