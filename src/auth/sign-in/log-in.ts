import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { Strategy as LocalStrategy } from 'passport-local';
import type { User } from '../../database/schema.ts';
import { emptyForm, handleForm, type SentForm } from '../../http/form-handler.ts';
import { invalid } from '../../lib/problem.ts';
import type { Passwords } from '../password/passwords.ts';
import { logInForm } from './forms.ts';
import type { Limits } from './limits.ts';
import { requireAccount } from './require-account.ts';
import { safeReturnTo } from './return-to.ts';
import { signIn } from './sign-in.ts';

declare module '../../rendering/views.ts' {
  interface Views {
    'auth/login': SentForm & { fields: typeof logInForm.fields };
  }
}

interface Options {
  passwords: Passwords;
  limits: Limits;
}

/**
 * The sign-in page. An unknown e-mail address and a wrong password get the same message after the same time, so that
 * nobody can find out which addresses have an account.
 */
export const logIn: FastifyPluginAsync<Options> = async (app, { passwords, limits }) => {
  app.passport.use(
    new LocalStrategy({ usernameField: 'email' }, (email, password, done) => {
      // The types of passport know only Express, so the request comes from `currentRequest`.
      const request = app.currentRequest.getStore()!;
      const user = app.users.findByEmail(email);
      const { asker, attempt } = limits.logIn(request, email, user);
      passwords
        .verify(user?.passwordHash, password, asker, attempt)
        .then((right) => done(null, right && user), done);
    }),
  );

  app.get('/login', { config: { withoutStore: true } }, async (request, reply) => {
    const { next, ...query } = request.query as Record<string, string | undefined>;
    return page(reply, { ...emptyForm, values: { next: safeReturnTo(next) } }, noticeOf(query));
  });

  handleForm(app, '/login', {
    form: logInForm,
    page: (reply, sent) => page(reply, sent),
    async act({ password, remember, next }, request, reply) {
      const user = await authenticate(request, reply);
      if (!user) throw invalid({ email: 'The e-mail or password is incorrect.' });
      // A second factor would be asked for here.
      await renewHash(request, user, password);
      await signIn({ request, reply }, user, { remember: remember !== undefined });
      await requireAccount(request, reply);
      return { to: safeReturnTo(next) };
    },
  });

  /** Passport is called as a function. As a hook it would run before the CSRF checks, or run the handler twice. */
  async function authenticate(request: FastifyRequest, reply: FastifyReply): Promise<User | null> {
    let found: User | null = null;
    const ask = app.passport.authenticate('local', async (_request, _reply, error, user) => {
      if (error) throw error;
      found = (user as User | false) || null;
    });
    await ask.call(app, request, reply);
    return found;
  }

  /** Hashes the password again when the cost of hashing has changed. Only at a log-in does the server have the password. */
  async function renewHash(request: FastifyRequest, user: User, password: string): Promise<void> {
    const { id, passwordHash } = user;
    if (!passwords.isOutdated(passwordHash)) return;
    const renewed = await passwords.hash(password, limits.asker(request));
    await app.users.renewHash(id, passwordHash, renewed);
  }
};

/** The address says why the page is shown. A visitor who is signed out has no session that could hold a message. */
function noticeOf(query: Record<string, string | undefined>): Record<string, string[]> {
  if (query.goodbye) return { success: ['Your account is deleted. Goodbye, and safe travels.'] };
  if (query.overtaken) {
    return {
      error: ['Your password was changed on another device first, so this change was not made.'],
    };
  }
  if (query.unsaved === 'perhaps') {
    return {
      error: ['You were signed out before this form reached us. Sign in to see what was saved.'],
    };
  }
  if (query.unsaved) {
    return { error: ['You were signed out. Nothing was saved; sign in and try again.'] };
  }
  // shop {
  if (query.unsent) {
    return { error: ['You are signed out. Your last changes to the cart could not be saved.'] };
  }
  // } shop
  return {};
}

function page(reply: FastifyReply, sent: SentForm, flash: Record<string, string[]> = {}) {
  return reply.page('auth/login', {
    title: 'Sign in',
    fields: logInForm.fields,
    ...sent,
    ...(Object.keys(flash).length > 0 && { flash }),
  });
}
