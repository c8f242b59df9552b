import csrfProtection from '@fastify/csrf-protection';
import plugin from 'fastify-plugin';

declare module 'fastify' {
  interface Session {
    /** The secret from which the CSRF tokens of this session are made. */
    csrf?: string;
  }
}

/**
 * The second defence against cross-site request forgery: a form of a user contains a token of their session. A guest
 * has no token, because it would be bound to nobody. The check runs before passport and before every handler.
 */
export default plugin(
  async (app) => {
    await app.register(csrfProtection, { sessionPlugin: '@fastify/session', sessionKey: 'csrf' });

    app.addHook('preValidation', (request, reply, done) => {
      if (request.method !== 'POST' || !request.user) return done();
      app.csrfProtection(request, reply, done);
    });
  },
  { name: 'csrf', dependencies: ['same-origin', 'identity'] },
);
