import type { FastifyPluginAsync } from 'fastify';

export const logOut: FastifyPluginAsync = async (app) => {
  app.post('/logout', async (request, reply) => {
    request.audit('session_expired', { reason: 'logout' });
    await reply.endSession();
    return reply.redirect('/login', 303);
  });
};
