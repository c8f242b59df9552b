import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { emptyForm, handleForm, type SentForm } from '../../http/form-handler.ts';
import { invalid } from '../../lib/problem.ts';
import { PASSWORDS_DIFFER } from '../fields.ts';
import { passwordFault } from '../password/password-rules.ts';
import type { Passwords } from '../password/passwords.ts';
import { signUpForm } from './forms.ts';
import type { Limits } from './limits.ts';
import { signIn } from './sign-in.ts';

declare module '../../rendering/views.ts' {
  interface Views {
    'auth/signup': SentForm & { fields: typeof signUpForm.fields };
  }
}

interface Options {
  passwords: Passwords;
  limits: Limits;
}

/**
 * The sign-up page. It reveals which e-mail addresses have an account, because the app sends no mail. The rate limit
 * slows down somebody who tries many addresses.
 */
export const signUp: FastifyPluginAsync<Options> = async (app, { passwords, limits }) => {
  app.get('/signup', { config: { withoutStore: true } }, async (_request, reply) =>
    page(reply, emptyForm),
  );

  handleForm(app, '/signup', {
    form: signUpForm,
    page,
    async act(values, request, reply) {
      const { name, email, password, confirm, website } = values;
      if (confirm !== password) throw invalid({ confirm: PASSWORDS_DIFFER });
      const fault = passwordFault(password, values);
      if (fault) throw invalid({ password: fault });

      await limits.countRequest(request);
      const user = await app.users.add({
        name: name.trim(),
        email,
        website: website?.trim() || null,
        passwordHash: await passwords.hash(password),
      });
      if (!user) {
        throw invalid({
          email: 'There is already an account with this address. You can sign in with it.',
        });
      }
      request.audit('user_created', { account: user.id });
      await signIn({ request, reply }, user, { remember: false });
      return { to: '/', message: `Welcome to Satchel, ${user.name}.` };
    },
  });
};

function page(reply: FastifyReply, sent: SentForm) {
  return reply.page('auth/signup', {
    title: 'Create an account',
    fields: signUpForm.fields,
    ...sent,
  });
}
