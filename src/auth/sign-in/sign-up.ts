import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { emptyForm, handleForm, type SentForm } from '../../http/form-handler.ts';
import { invalid } from '../../lib/problem.ts';
import { cleanName, withoutInvisible } from '../../lib/text/invisible.ts';
import { isolate } from '../../lib/text/isolate.ts';
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

/** For how long the same sign-up, sent again, signs in, in milliseconds. */
const JUST_ADDED = 60_000;

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

      const added = await app.users.add({
        name: cleanName(name),
        email,
        website: withoutInvisible(website ?? '').trim() || null,
        passwordHash: await passwords.hash(password, limits.asker(request)),
      });
      if (added) request.audit('user_created', { account: added.id });
      const user = added ?? (await findJustAdded(request, values));
      if (!user) {
        throw invalid({
          email: 'There is already an account with this address. You can sign in with it.',
        });
      }
      await signIn({ request, reply }, user, { remember: false });
      return { to: '/', message: `Welcome to Satchel, ${isolate(user.name)}.` };
    },
  });

  /**
   * Returns the account that this person has added a moment ago. The answer may have been lost, and the person sends
   * the form again. The password shows that it is the same person, so a wrong one counts as it does at the log-in.
   */
  async function findJustAdded(request: FastifyRequest, entered: Static<typeof signUpForm>) {
    const { name, email, password } = entered;
    const user = app.users.findByEmail(email);
    if (user?.name !== cleanName(name)) return null;
    if (app.clock() - user.createdAt.getTime() > JUST_ADDED) return null;
    const { asker, attempt } = limits.logIn(request, email, user);
    const isRight = await passwords.verify(user.passwordHash, password, asker, attempt);
    return isRight ? user : null;
  }
};

function page(reply: FastifyReply, sent: SentForm) {
  return reply.page('auth/signup', {
    title: 'Create an account',
    fields: signUpForm.fields,
    ...sent,
  });
}
