import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import type { Config } from '../config.ts';
import type { Clock, Lifetimes, StateStore, Trip } from '../state/contract.ts';
import { openState } from '../state/open.ts';

declare module 'fastify' {
  interface FastifyInstance {
    state: StateStore;
    clock: Clock;
    lifetimes: Lifetimes;
    /** The request in whose course the code runs, where a library's interface leaves no room to pass it. */
    currentRequest: AsyncLocalStorage<FastifyRequest>;
  }
  interface FastifyRequest {
    /** What this request has cost in the state store so far. */
    trips: Trip[];
  }
}

interface Options {
  config: Config;
  clock: Clock;
}

/** Opens the state store, counts each request's round trips to it, and closes it. */
export default plugin<Options>(
  async (app, { config, clock }) => {
    const currentRequest = new AsyncLocalStorage<FastifyRequest>();
    const state = await openState(config, clock, {
      onTrip(trip) {
        app.metrics.trip(trip);
        // A live stream lets go of them.
        currentRequest.getStore()?.trips?.push(trip);
      },
      onDamaged(session, reason) {
        app.log.warn({ event: 'session_damaged', session, reason }, 'session record deleted');
      },
      onDamagedCart(owner) {
        app.log.error({ event: 'cart_damaged', owner }, 'cart set aside');
      },
      onError(error) {
        app.log.error({ err: error }, 'state store');
      },
    });
    app.addHook('onClose', () => state.close());

    app.decorate('clock', { getter: () => clock });
    app.decorate('lifetimes', config.lifetimes);
    app.decorate('state', state);
    app.decorate('currentRequest', currentRequest);
    app.decorateRequest('trips');

    app.addHook('onRequest', (request, _reply, done) => {
      request.trips = [];
      currentRequest.run(request, done);
    });
    // Reading a body loses the context: the socket's events run in that of the connection.
    app.addHook('preValidation', (request, _reply, done) => currentRequest.run(request, done));

    await state.ping().catch((error: unknown) => {
      app.log.warn({ err: error }, 'the state store does not answer yet; starting without it');
    });
  },
  { name: 'state', dependencies: ['metrics'] },
);
