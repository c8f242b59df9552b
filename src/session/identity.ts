import { Authenticator } from '@fastify/passport';
import type { FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import type { User } from '../database/schema.ts';

declare module 'fastify' {
  interface PassportUser extends User {}
  interface Session {
    /** The id of the user who is signed in. Passport reads it. */
    passport?: string;
    /** The version of the password with which the user signed in. */
    passwordVersion?: number;
  }
  interface FastifyInstance {
    passport: InstanceType<typeof Authenticator>;
  }
}

/** Finds the user who sends a request, and sets `request.user`. access.ts decides whether the user may use a route. */
export default plugin(
  async (app) => {
    const passport = new Authenticator();
    app.decorate('passport', passport);
    await app.register(passport.initialize());

    // This hook replaces passport.secureSession(), which needs several promises for each request and destroys the
    // session when the database fails.
    app.addHook('preValidation', (request, reply, done) => {
      const id: unknown = passport.sessionManager.getUserFromSession(request);
      if (typeof id !== 'string') return done();
      const user = app.users.find(id);
      // The user may have signed in with the old password while it was changed.
      const isCurrent = user?.passwordVersion === request.session.passwordVersion;
      request.user = isCurrent ? user : undefined;
      if (request.user) return done();
      const reason = user ? 'password-changed' : 'account-gone';
      leaveSession(request, reply, reason, id).then(() => done(), done);
    });

    /**
     * A change of the password rotates the session. A request that had loaded the session before must not end it where
     * it is now.
     */
    async function leaveSession(
      request: FastifyRequest,
      reply: FastifyReply,
      reason: string,
      user: string,
    ) {
      if (!(await app.store.sessions.load(request.session.sessionId)))
        return reply.useSession(null);
      request.audit('session_expired', { user, reason });
      return reply.endSession();
    }
  },
  { name: 'identity', dependencies: ['negotiation', 'security-log', 'rotation', 'database'] },
);
