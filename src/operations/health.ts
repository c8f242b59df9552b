import plugin from 'fastify-plugin';

/** For whoever runs the shop, at whatever address a probe finds it. Liveness asks nobody; readiness asks the stores. */
export default plugin(
  async (app) => {
    const quiet = { logLevel: 'warn', config: { anyHost: true, access: 'everyone' } } as const;

    app.get('/livez', quiet, async () => 'ok\n');

    app.get('/readyz', quiet, async (request, reply) => {
      if (app.isDraining()) return reply.code(503).send('closing\n');
      try {
        await app.store.ping();
        app.users.find('');
        return 'ok\n';
      } catch (error) {
        request.log.warn({ err: error }, 'not ready');
        return reply.code(503).send('unavailable\n');
      }
    });
  },
  { name: 'health', dependencies: ['drain', 'store', 'database'] },
);
