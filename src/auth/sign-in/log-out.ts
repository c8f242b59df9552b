import type { FastifyPluginAsync } from 'fastify';

export const logOut: FastifyPluginAsync = async (app) => {
  app.post(
    '/logout',
    { config: { offeredOn: '/', signedOutTo: '/login' } },
    async (request, reply) => {
      request.audit('session_expired', { reason: 'logout' });
      await reply.endSession();
      // shop {
      // A script sets this when changes to the cart could not be sent.
      const { unsent } = (request.body ?? {}) as { unsent?: string };
      if (unsent) return reply.redirect('/login?unsent=1', 303);
      // } shop
      return reply.redirect('/login', 303);
    },
  );
};
