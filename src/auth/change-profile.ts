import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { fieldErrors } from '../domain/form.ts';
import { profileForm } from './account-forms.ts';
import { refuse } from './account-page.ts';
import { requireLiveSession } from './live-session.ts';

export const changeProfile: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/account/profile',
    { schema: { body: profileForm }, attachValidation: true, preHandler: requireLiveSession },
    async (request, reply) => {
      const errors = fieldErrors(profileForm, request.validationError);
      if (errors) return refuse(reply, 'profile', request.body, errors);
      const { name, website } = request.body;
      app.users.update(request.user!.id, { name: name.trim(), website: website?.trim() || null });
      request.audit('user_updated', { what: 'profile' });
      request.flash('success', 'Your profile is saved.');
      return reply.redirect('/account', 303);
    },
  );
};
