import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Strategy as LocalStrategy } from 'passport-local';
import type { User } from '../database/schema.ts';
import { fieldErrors } from '../domain/form.ts';
import type { FieldErrors } from '../domain/problem.ts';
import { withFormStatus } from './form-status.ts';
import { logInForm } from './forms.ts';
import { formAfterHaste } from './haste.ts';
import type { Limits } from './limits.ts';
import type { Passwords } from './passwords.ts';
import { safeReturnTo } from './return-to.ts';
import { signIn } from './sign-in.ts';

interface Options {
  passwords: Passwords;
  limits: Limits;
}

/** An unknown e-mail address and a wrong password get the same words after the same time: nobody can tell them apart. */
export const logIn: FastifyPluginAsyncTypebox<Options> = async (app, { passwords, limits }) => {
  app.passport.use(
    new LocalStrategy({ usernameField: 'email' }, (email, password, done) => {
      // Passport's types know Express alone; the request that asks is the current one.
      const request = app.currentRequest.getStore()!;
      const user = app.users.findByEmail(email);
      passwords
        .verify(user?.passwordHash, password, limits.logIn(request, email, user))
        .then((right) => done(null, right && user), done);
    }),
  );
  app.setErrorHandler(formAfterHaste(page));

  app.get('/login', { config: { withoutState: true } }, async (request, reply) => {
    const { next, goodbye, unsaved, unsent } = request.query as Record<string, string | undefined>;
    const notice = goodbye ? farewell : unsaved ? signedOut : unsent ? leftBehind : {};
    return page(reply, { next: safeReturnTo(next) }, {}, notice);
  });

  app.post(
    '/login',
    { schema: { body: logInForm }, attachValidation: true },
    async (request, reply) => {
      const values = request.body;
      const errors = fieldErrors(logInForm, request.validationError);
      if (errors) return page(reply, values, errors);

      await limits.visit(request);
      const user = await checkPassword(request, reply);
      if (!user) {
        return page(reply, values, {
          email: 'We know no account with this e-mail address and password.',
        });
      }
      // A second factor is a step that would stand here.
      await renewHash(user, values.password);
      await signIn({ request, reply }, user, { remember: values.remember !== undefined });
      return reply.redirect(safeReturnTo(values.next), 303);
    },
  );

  /** Passport as a question, not as a hook: as one it would come before the locks, or run the handler twice. */
  async function checkPassword(request: FastifyRequest, reply: FastifyReply): Promise<User | null> {
    let found: User | null = null;
    const ask = app.passport.authenticate('local', async (_request, _reply, error, user) => {
      if (error) throw error;
      found = (user as User | false) || null;
    });
    await ask.call(app, request, reply);
    return found;
  }

  /** Only now is the password at hand to be hashed at today's cost. */
  async function renewHash({ id, passwordHash }: User, password: string): Promise<void> {
    if (!passwords.isOutdated(passwordHash)) return;
    app.users.renewHash(id, passwordHash, await passwords.hash(password));
  }
};

/** Not a flash of the session: whoever deleted their account has none, and needs none. */
const farewell = { flash: { success: ['Your account is deleted. Goodbye, and safe travels.'] } };

/** As little: a form came after the session had ended. */
const signedOut = {
  flash: { error: ['You were signed out. Nothing was saved; sign in and try again.'] },
};

/** Some changes to the cart waited in the browser, and could not be sent before the sign-out. */
const leftBehind = {
  flash: { error: ['You are signed out. Your last changes to the cart did not reach us.'] },
};

function page(reply: FastifyReply, values: object, errors: FieldErrors = {}, more: object = {}) {
  return withFormStatus(reply, errors).page('auth/login', {
    title: 'Sign in',
    values,
    errors,
    ...more,
  });
}
