import type { FastifyPluginAsync } from 'fastify';
import { handleForm } from '../../http/form-handler.ts';
import { cleanName, withoutInvisible } from '../../lib/text/invisible.ts';
import { requireLiveSession } from '../../session/live-session-check.ts';
import { SessionGone } from '../../store/contract/errors.ts';
import { showAccount } from './account-page.ts';
import { profileForm } from './forms.ts';

export const changeProfile: FastifyPluginAsync = async (app) => {
  app.addHook('preHandler', requireLiveSession);

  handleForm(app, '/account/profile', {
    form: profileForm,
    config: { offeredOn: '/account' },
    page: (reply, profile) => showAccount(reply, { profile }),
    async act({ name, website }, request) {
      const changes = {
        name: cleanName(name),
        website: withoutInvisible(website ?? '').trim() || null,
      };
      if (!(await app.users.update(request.user!.id, changes))) throw new SessionGone();
      request.audit('user_updated', { what: 'profile' });
      return { to: '/account', message: 'Your profile is saved.' };
    },
  });
};
