import plugin from 'fastify-plugin';

/**
 * Two probes for operators. /livez answers while the process runs. /readyz also checks the store and the database, and
 * answers 503 while one of them fails or the app is about to close. Both answer for every Host header.
 */
export default plugin(
  async (app) => {
    const options = { logLevel: 'warn', config: { anyHost: true, access: 'everyone' } } as const;

    app.get('/livez', options, async () => 'ok\n');

    app.get('/readyz', options, async (request, reply) => {
      if (app.isDraining()) return reply.code(503).send('closing\n');
      try {
        await app.store.ping();
        app.checkDatabase();
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
