import type { FastifyPluginAsync } from 'fastify';

export const logOut: FastifyPluginAsync = async (app) => {
  app.post('/logout', async (_request, reply) => {
    await reply.endSession();
    return reply.redirect('/login', 303);
  });
};
