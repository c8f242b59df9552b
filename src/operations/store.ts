import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { BrokenFile } from '../lib/data-unavailable.ts';
import type { Config } from '../settings/config.ts';
import type { Clock, Lifetimes } from '../store/contract/lifetimes.ts';
import type { RoundTrip, Store } from '../store/contract/store.ts';
import { openStore } from '../store/open.ts';
import type { Metrics } from './metrics.ts';

declare module 'fastify' {
  interface FastifyInstance {
    store: Store;
    clock: Clock;
    lifetimes: Lifetimes;
    /** The request for which the current code runs. For libraries whose interface does not pass the request on. */
    currentRequest: AsyncLocalStorage<FastifyRequest>;
  }
  interface FastifyRequest {
    /** The round trips to the store that this request has made so far. */
    roundTrips: RoundTrip[];
  }
}

interface Options {
  config: Config;
  clock: Clock;
}

/** Opens the store, counts the round trips of each request, and closes the store. */
export default plugin<Options>(
  async (app, { config, clock }) => {
    const currentRequest = new AsyncLocalStorage<FastifyRequest>();
    const store = await openStore(config, clock, {
      onRoundTrip(trip) {
        app.metrics.roundTrip(trip);
        // An event stream has no list after its start, because its request is kept for up to an hour.
        currentRequest.getStore()?.roundTrips?.push(trip);
      },
      onDamaged(session, reason) {
        app.log.warn({ event: 'session_damaged', session, reason }, 'damaged session deleted');
      },
      onDeviceEnded(device) {
        const reason = 'too-many-devices';
        currentRequest.getStore()?.audit('session_expired', { reason, device });
      },
      // shop {
      onDamagedCart(owner) {
        app.log.error({ event: 'cart_damaged', owner }, 'damaged cart moved to quarantine');
      },
      // } shop
      onError(error) {
        if (error instanceof BrokenFile) return app.reportBrokenFile(error);
        app.log.error({ err: error }, 'store error');
      },
    });
    app.addHook('onClose', () => store.close());

    app.decorate('clock', { getter: () => store.clock });
    app.decorate('lifetimes', config.lifetimes);
    app.decorate('store', store);
    app.decorate('currentRequest', currentRequest);
    app.decorateRequest('roundTrips');

    app.addHook('onRequest', (request, _reply, done) => {
      request.roundTrips = [];
      currentRequest.run(request, done);
    });
    // Reading a body loses the context, because the events of the socket run in the context of the connection.
    app.addHook('preValidation', (request, _reply, done) => currentRequest.run(request, done));

    watchStore(app.metrics, store);
    await checkAtStart(app.log, store);
  },
  { name: 'store', dependencies: ['metrics', 'data-files'] },
);

/** A store that does not answer yet is no reason not to start: pages without a session work. */
async function checkAtStart(log: FastifyBaseLogger, store: Store): Promise<void> {
  try {
    await store.checkReadiness();
    for (const warning of await store.readWarnings()) log.warn(warning);
  } catch (error) {
    log.error({ err: error }, `starting without the store: ${reasonOf(error)}`);
  }
}

function watchStore(metrics: Metrics, store: Store): void {
  metrics.watch(
    'store_clock_skew_seconds',
    'By how much the clock of the store is ahead of the clock of this process',
    () => store.measure().clockSkew / 1000,
  );
  metrics.watch(
    'store_events_listening',
    '1 while events of other processes are heard, 0 while they are not',
    () => Number(store.measure().isListening),
  );
  metrics.watch(
    'store_events_losses',
    'How often events of other processes may have been lost since the start',
    () => store.measure().listeningLosses,
  );
}

/** Returns the sentence that says why the store does not work. */
export function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message : message;
}
