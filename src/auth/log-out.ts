import type { FastifyPluginAsync } from 'fastify';

export const logOut: FastifyPluginAsync = async (app) => {
  app.post('/logout', async (request, reply) => {
    request.audit('session_expired', { reason: 'logout' });
    await reply.endSession();
    // Said by a script whose changes to the cart were still waiting.
    const { unsent } = (request.body ?? {}) as { unsent?: string };
    return reply.redirect(unsent ? '/login?unsent=1' : '/login', 303);
  });
};
