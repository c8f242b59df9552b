import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { fieldErrors, form } from '../domain/form.ts';
import type { FieldErrors } from '../domain/problem.ts';
import { wrongPassword, type CheckPassword } from './check-password.ts';
import { withFormStatus } from './form-status.ts';
import { knownPassword } from './forms.ts';
import { formAfterHaste } from './haste.ts';
import { renewProof } from './proof.ts';
import { safeReturnTo } from './return-to.ts';

const confirmForm = form({
  password: knownPassword,
  next: Type.Optional(Type.String({ maxLength: 2000 })),
});

/** Where `requireProof` sends whoever gave their password too long ago. */
export const confirm: FastifyPluginAsyncTypebox<{ checkPassword: CheckPassword }> = async (
  app,
  { checkPassword },
) => {
  app.setErrorHandler(formAfterHaste(page));

  app.get('/account/confirm', async (request, reply) => {
    const { next } = request.query as { next?: string };
    return page(reply, { next: safeReturnTo(next) });
  });

  app.post(
    '/account/confirm',
    { schema: { body: confirmForm }, attachValidation: true },
    async (request, reply) => {
      const errors = fieldErrors(confirmForm, request.validationError);
      if (errors) return page(reply, request.body, errors);
      const { password, next } = request.body;
      if (!(await checkPassword(request, request.user!, password))) {
        return page(reply, request.body, { password: wrongPassword });
      }
      await renewProof(request, reply);
      request.flash('success', 'Thank you. You can go on now.');
      return reply.redirect(safeReturnTo(next), 303);
    },
  );
};

function page(reply: FastifyReply, values: object, errors: FieldErrors = {}) {
  return withFormStatus(reply, errors).page('auth/confirm', {
    title: 'Is it you?',
    values,
    errors,
  });
}
