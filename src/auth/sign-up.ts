import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { fieldErrors } from '../domain/form.ts';
import type { FieldErrors } from '../domain/problem.ts';
import { withFormStatus } from './form-status.ts';
import { signUpForm } from './forms.ts';
import { formAfterHaste } from './haste.ts';
import type { Limits } from './limits.ts';
import { passwordFault } from './password-rules.ts';
import type { Passwords } from './passwords.ts';
import { signIn } from './sign-in.ts';

interface Options {
  passwords: Passwords;
  limits: Limits;
}

/** It tells which e-mail addresses have an account, since nothing is mailed; `limits.visit` slows down who asks much. */
export const signUp: FastifyPluginAsyncTypebox<Options> = async (app, { passwords, limits }) => {
  app.setErrorHandler(formAfterHaste(page));
  app.get('/signup', { config: { withoutState: true } }, async (_request, reply) => page(reply));

  app.post(
    '/signup',
    { schema: { body: signUpForm }, attachValidation: true },
    async (request, reply) => {
      const values = request.body;
      const errors = fieldErrors(signUpForm, request.validationError) ?? {};
      if (!errors.password && values.confirm !== values.password) {
        errors.confirm ??= 'The two passwords differ.';
      }
      if (Object.keys(errors).length > 0) return page(reply, values, errors);
      const { name, email, password, website } = values;
      const fault = passwordFault(password, values);
      if (fault) return page(reply, values, { password: fault });

      await limits.visit(request);
      const user = app.users.add({
        name: name.trim(),
        email,
        website: website?.trim() || null,
        passwordHash: await passwords.hash(password),
      });
      if (!user) {
        return page(reply, values, {
          email: 'There is an account with this address already. You can sign in with it.',
        });
      }
      request.audit('user_created', { account: user.id });
      await signIn({ request, reply }, user, { remember: false });
      request.flash('success', `Welcome to Satchel, ${user.name}.`);
      return reply.redirect('/', 303);
    },
  );
};

function page(reply: FastifyReply, values: object = {}, errors: FieldErrors = {}) {
  return withFormStatus(reply, errors).page('auth/signup', {
    title: 'Create an account',
    values,
    errors,
  });
}
