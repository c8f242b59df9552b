import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { BrokenFile } from '../lib/data-unavailable.ts';
import type { Config } from '../settings/config.ts';
import type { Clock, Lifetimes } from '../store/contract/lifetimes.ts';
import type { RoundTrip, Store } from '../store/contract/store.ts';
import { openStore } from '../store/open.ts';

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

    app.decorate('clock', { getter: () => clock });
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

    await store.ping().catch((error: unknown) => {
      app.log.warn({ err: error }, 'store does not answer yet, starting without it');
    });
  },
  { name: 'store', dependencies: ['metrics', 'data-files'] },
);
