import plugin from 'fastify-plugin';
import { reasonOf } from './store.ts';

/** How long a result counts, in milliseconds. Several balancers may ask every second. */
const RESULT_LIFETIME = 1000;

/**
 * Two probes for operators. /livez answers while the process runs. /readyz answers 503 when a change would not work now,
 * or when the app is about to close. Both answer for every Host header.
 */
export default plugin(
  async (app) => {
    const options = { logLevel: 'warn', config: { anyHost: true, access: 'everyone' } } as const;

    let last: { result: Promise<void>; until: number } | undefined;
    function checkStore(): Promise<void> {
      const now = performance.now();
      if (!last || now >= last.until) {
        last = { result: app.store.checkReadiness(), until: now + RESULT_LIFETIME };
      }
      return last.result;
    }

    app.get('/livez', options, async () => 'ok\n');

    app.get('/readyz', options, async (request, reply) => {
      if (app.isDraining()) return reply.code(503).send('closing\n');
      try {
        await checkStore();
        app.checkDatabase();
        app.users.find('');
        return 'ok\n';
      } catch (error) {
        request.log.warn({ err: error }, `not ready: ${reasonOf(error)}`);
        return reply.code(503).send('unavailable\n');
      }
    });
  },
  { name: 'health', dependencies: ['drain', 'store', 'database'] },
);
