import csrfProtection from '@fastify/csrf-protection';
import plugin from 'fastify-plugin';

declare module 'fastify' {
  interface Session {
    /** The secret behind this session's CSRF tokens; made when the user signs in. */
    csrf?: string;
  }
}

/**
 * Lock two against cross-site request forgery: a user's form carries their session's token. A guest's token
 * would be bound to nobody. Closed before passport or a handler runs.
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
