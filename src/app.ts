import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyServerOptions } from 'fastify';
import auth from './auth/plugin.ts';
import gallery from './gallery/plugin.ts';
import bodies from './http/bodies.ts';
import errors, { notFound } from './http/errors.ts';
import formAddresses from './http/form-addresses.ts';
import negotiation from './http/negotiation.ts';
import proxies from './http/proxies.ts';
import rateLimits from './http/rate-limits.ts';
import requestChecks from './http/request-checks.ts';
import { describeRequest } from './http/request-log.ts';
import routeList from './http/route-list.ts';
import sameOrigin from './http/same-origin.ts';
import secureTransport from './http/secure-transport.ts';
import securityHeaders from './http/security-headers.ts';
import { serverOptions } from './http/server-options.ts';
import { cutTokensOfLinks } from './lib/cut-tokens.ts';
import { stretchSecrets } from './lib/stretched-secrets.ts';
import main from './main/plugin.ts';
import dataFolders from './operations/data-folders.ts';
import dataFiles from './operations/data-files.ts';
import database from './operations/database.ts';
import descriptors from './operations/descriptors.ts';
import drain from './operations/drain.ts';
import health from './operations/health.ts';
import metrics from './operations/metrics.ts';
import securityLog from './operations/security-log.ts';
import store from './operations/store.ts';
import watchdog from './operations/watchdog.ts';
import assets from './rendering/assets.ts';
import views from './rendering/views.ts';
import cookieCheck from './session/cookie-check.ts';
import csrf from './session/csrf.ts';
import flash from './session/flash.ts';
import identity from './session/identity.ts';
import sessionLayout from './session/layout.ts';
import events from './session/live/events.ts';
import repeats from './session/repeats.ts';
import rotation from './session/rotation.ts';
import session from './session/session.ts';
import { dataFilesOf, hasDemoUser, type Config } from './settings/config.ts';
import shop from './shop/plugin.ts'; // shop
import type { Clock } from './store/contract/lifetimes.ts';

export type App = Awaited<ReturnType<typeof createApp>>;

interface Options {
  /** The time, in milliseconds. */
  clock?: Clock;
  /** For people who change the code: Vite serves the browser code, and templates are read again for every page. */
  dev?: boolean;
  /** For tests: hashes passwords at a cost that protects nobody. Production refuses it. */
  weakPasswordHashes?: boolean;
  logger?: false | Exclude<FastifyServerOptions['logger'], boolean>;
}

/** Builds the app. It does not listen, and it reads nothing from the environment, so that a test can mount it. */
export async function createApp(
  settings: Config,
  { clock = Date.now, dev = false, weakPasswordHashes = false, logger = false }: Options = {},
) {
  const config = { ...settings, secrets: stretchSecrets(settings.secrets) };
  if (weakPasswordHashes && config.production) {
    throw new Error('In production, passwords are not hashed at the cost of tests.');
  }

  const app = Fastify({
    logger: logger && {
      ...logger,
      serializers: { req: describeRequest },
      hooks: { streamWrite: cutTokensOfLinks },
    },
    ...serverOptions(config),
  }).withTypeProvider<TypeBoxTypeProvider>();

  // Before the first route
  await app.register(routeList);
  await app.register(errors);
  await app.register(proxies, { config });
  await app.register(formAddresses);

  // Resources and operations
  await app.register(metrics);
  await app.register(descriptors);
  await app.register(dataFolders, { config });
  await app.register(dataFiles, { files: dataFilesOf(config) });
  await app.register(database, { file: config.databaseFile });
  await app.register(store, { config, clock });
  await app.register(drain);
  await app.register(health);
  await app.register(watchdog);

  // docs: plugins
  // What every request meets, in this order
  await app.register(negotiation);
  await app.register(securityLog);
  await app.register(rateLimits, { config });
  await app.register(securityHeaders, { config });
  await app.register(requestChecks, { config });
  await app.register(bodies);
  await app.register(assets, { config, dev });
  await app.register(views, { config, dev });
  await app.register(sessionLayout);

  // Pages, which have a session
  await app.register(async (pages) => {
    await pages.register(sameOrigin, { config });
    await pages.register(secureTransport, { config });
    await pages.register(session, { config });
    await pages.register(rotation);
    await pages.register(identity);
    await pages.register(repeats);
    await pages.register(csrf);
    await pages.register(cookieCheck, { publicUrl: config.publicUrl });
    await pages.register(flash);
    await pages.register(events);
    pages.setNotFoundHandler(notFound);

    await pages.register(auth, {
      publicUrl: config.publicUrl,
      demo: hasDemoUser(config),
      secrets: config.secrets,
      weakPasswordHashes,
    });
    await pages.register(main, { publicUrl: config.publicUrl });
    await pages.register(shop); // shop
  });
  // docs: end
  if (!config.production) await app.register(gallery);

  return app;
}
