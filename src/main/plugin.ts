import plugin from 'fastify-plugin';
import { forEveryone, forUsers } from '../session/access.ts';
import { dashboard } from './dashboard.ts';
import { sessionPage } from './session-page.ts';
import { wellKnown } from './well-known.ts';

interface Options {
  publicUrl: URL;
}

/** The dashboard, the session page, and the addresses that every site has. */
export default plugin<Options>(
  async (app, { publicUrl }) => {
    await app.register(async (everyone) => {
      forEveryone(everyone);
      await everyone.register(wellKnown, { publicUrl });
    });
    await app.register(async (users) => {
      forUsers(users);
      await users.register(dashboard);
      await users.register(sessionPage);
    });
  },
  { name: 'main', dependencies: ['identity', 'csrf', 'views'] },
);
