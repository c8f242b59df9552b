import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyServerOptions } from 'fastify';
import auth from './auth/plugin.ts';
import cart from './cart/plugin.ts';
import catalog from './catalog/plugin.ts';
import type { Config } from './config.ts';
import gallery from './gallery/plugin.ts';
import { httpOptions } from './http-server.ts';
import main from './main/plugin.ts';
import assets from './plugins/assets.ts';
import bodies from './plugins/bodies.ts';
import csrf from './plugins/csrf.ts';
import database from './plugins/database.ts';
import drain from './plugins/drain.ts';
import errors, { notFound } from './plugins/errors.ts';
import health from './plugins/health.ts';
import identity from './plugins/identity.ts';
import metrics from './plugins/metrics.ts';
import negotiation from './plugins/negotiation.ts';
import requestChecks from './plugins/request-checks.ts';
import sameOrigin from './plugins/same-origin.ts';
import secureTransport from './plugins/secure-transport.ts';
import securityLog from './plugins/security-log.ts';
import security from './plugins/security.ts';
import session from './plugins/session.ts';
import state from './plugins/state.ts';
import views from './plugins/views.ts';
import watchdog from './plugins/watchdog.ts';
import { describeRequest } from './request-log.ts';
import type { Clock } from './state/contract.ts';

export type App = Awaited<ReturnType<typeof createApp>>;

interface Surroundings {
  /** The time, in milliseconds. */
  clock?: Clock;
  /** For who changes the code: browser code comes from its sources, with hot styles, and templates are read anew. */
  dev?: boolean;
  logger?: false | Exclude<FastifyServerOptions['logger'], boolean>;
}

/** Builds the shop, ready to listen or to be asked by a test. Reads nothing of the environment. */
export async function createApp(
  config: Config,
  { clock = Date.now, dev = false, logger = false }: Surroundings = {},
) {
  const app = Fastify({
    logger: logger && { ...logger, serializers: { req: describeRequest } },
    ...httpOptions(config),
  }).withTypeProvider<TypeBoxTypeProvider>();

  // Resources, whether they answer, and how they are left
  await app.register(metrics);
  await app.register(database, { file: config.databaseFile });
  await app.register(state, { config, clock });
  await app.register(drain);
  await app.register(health);
  await app.register(watchdog);

  // For every answer to a person
  await app.register(negotiation);
  await app.register(securityLog);
  await app.register(security, { config });
  await app.register(requestChecks, { config });
  await app.register(bodies);
  await app.register(assets, { dev });
  await app.register(views, { config, dev });
  await app.register(errors);

  // Pages
  await app.register(async (pages) => {
    await pages.register(sameOrigin, { config });
    await pages.register(secureTransport, { config });
    await pages.register(session, { config });
    await pages.register(identity);
    await pages.register(csrf);
    pages.setNotFoundHandler(notFound);

    await pages.register(auth, {
      publicUrl: config.publicUrl,
      demo: !config.production,
      secrets: config.secrets,
      secureCookies: config.secure,
      limitPerAddress: config.limitPerAddress,
    });
    await pages.register(main, { publicUrl: config.publicUrl });
    await pages.register(catalog);
    await pages.register(cart);
  });
  if (!config.production) await app.register(gallery);

  return app;
}
