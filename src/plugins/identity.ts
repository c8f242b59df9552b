import { Authenticator } from '@fastify/passport';
import type { FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import type { User } from '../database/schema.ts';
import { Problem } from '../domain/problem.ts';

declare module 'fastify' {
  interface PassportUser extends User {}
  interface Session {
    /** Of the password under which the user signed in. */
    passwordVersion?: number;
  }
  interface FastifyInstance {
    passport: InstanceType<typeof Authenticator>;
    /** A guard for a scope: only users come in. `scope.addHook('preHandler', app.requireUser)` */
    requireUser(request: FastifyRequest, reply: FastifyReply): Promise<unknown>;
    /** A guard for a scope: only guests come in. */
    requireGuest(request: FastifyRequest, reply: FastifyReply): Promise<unknown>;
  }
}

/** Who is it? Sets `request.user`. Whether they may is for the guards on each scope. */
export default plugin(
  async (app) => {
    const passport = new Authenticator();
    app.decorate('passport', passport);
    await app.register(passport.initialize());
    passport.registerUserSerializer(async (user: User) => user.id);

    // Instead of passport.secureSession(), which takes a chain of promises for it, and would destroy the session
    // where the database fails.
    app.addHook('preValidation', (request, reply, done) => {
      const id: unknown = passport.sessionManager.getUserFromSession(request);
      if (typeof id !== 'string') return done();
      const user = app.users.find(id);
      // A sign-in with the old password may have been under way while it was changed.
      const isCurrent = user?.passwordVersion === request.session.passwordVersion;
      request.user = isCurrent ? user : undefined;
      if (request.user) return done();
      const reason = user ? 'password-changed' : 'account-gone';
      request.audit('session_expired', { user: id, reason });
      reply.endSession().then(() => done(), done);
    });

    app.decorate('requireUser', async (request: FastifyRequest, reply: FastifyReply) => {
      if (request.user) return;
      if (request.wantsJson) throw new Problem('sign-in-first');
      if (request.method !== 'POST') return reply.redirect(signInFor(request.url), 303);
      request.audit('authz_fail', { code: 'sign-in-first' });
      return reply.redirect(`${signInFor(pageBefore(request))}&unsaved=1`, 303);
    });

    app.decorate('requireGuest', async (request: FastifyRequest, reply: FastifyReply) => {
      if (request.user) return reply.redirect('/', 303);
    });
  },
  { name: 'identity', dependencies: ['negotiation', 'security-log', 'session', 'database'] },
);

function signInFor(next: string): string {
  return `/login?next=${encodeURIComponent(next)}`;
}

/** The page of ours whose form was sent, as far as the browser tells. The sign-in checks where it leads. */
function pageBefore({ headers, host }: FastifyRequest): string {
  const page = URL.parse(headers.referer ?? '');
  return page?.host === host ? page.pathname + page.search : '/';
}
