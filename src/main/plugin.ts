import plugin from 'fastify-plugin';
import { dashboard } from './dashboard.ts';
import { sessionPage } from './session-page.ts';
import { wellKnown } from './well-known.ts';

interface Options {
  publicUrl: URL;
}

/** The pages of someone who is signed in, and the addresses that every site has. */
export default plugin<Options>(
  async (app, { publicUrl }) => {
    await app.register(wellKnown, { publicUrl });
    await app.register(async (users) => {
      users.addHook('preHandler', app.requireUser);
      await users.register(dashboard);
      await users.register(sessionPage);
    });
  },
  { name: 'main', dependencies: ['identity', 'csrf', 'views'] },
);
