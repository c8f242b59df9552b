import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import plugin from 'fastify-plugin';

declare module 'fastify' {
  interface FastifyInstance {
    /** Is this process about to leave? Then new requests had better go to another. */
    isDraining(): boolean;
    /**
     * Makes ready to close without a failed request: while everything is still served, /readyz says no and each answer
     * takes leave of its connection, so that whoever shares out the requests turns to another process.
     * @param time in milliseconds
     */
    drain(time: number): Promise<void>;
  }
}

/** In milliseconds. */
const SWEEP = 100;

/** Leaving in two steps: `drain` while new requests still come, then a close() that lets what is under way end. */
export default plugin(
  async (app) => {
    let draining = false;
    app.decorate('isDraining', () => draining);

    app.decorate('drain', async (time: number) => {
      draining = true;
      app.server.prependListener('request', takeLeave);
      await delay(time);
    });

    // close() ends connections that are idle. Those whose request is still being answered would stay open after it.
    let sweep: NodeJS.Timeout | undefined;
    app.addHook('preClose', async () => {
      sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP);
    });
    app.addHook('onClose', async () => clearInterval(sweep));
  },
  { name: 'drain' },
);

function takeLeave(_request: unknown, response: ServerResponse): void {
  response.setHeader('connection', 'close');
}
