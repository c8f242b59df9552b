import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import plugin from 'fastify-plugin';

declare module 'fastify' {
  interface FastifyInstance {
    /** Returns true when this process is about to close, so that new requests should go to another process. */
    isDraining(): boolean;
    /**
     * Prepares for closing without a failed request. Everything is still served, but /readyz answers 503 and every
     * answer closes its connection, so that a load balancer sends new requests to another process.
     * @param time in milliseconds
     */
    drain(time: number): Promise<void>;
  }
}

/** The time in which the process closes, in milliseconds. Supervisors kill it after ten seconds. */
export const GRACE = 9000;
/** The first part of that time, in which new requests are still served, in milliseconds. */
export const DRAIN = 3000;

/** How often idle connections are closed while the server closes, in milliseconds. */
const CLOSE_INTERVAL = 100;

/** Closing in two steps: `drain` while new requests still arrive, then close(), which lets running requests end. */
export default plugin(
  async (app) => {
    let draining = false;
    app.decorate('isDraining', () => draining);

    app.decorate('drain', async (time: number) => {
      draining = true;
      app.server.prependListener('request', closeConnection);
      await delay(time);
    });

    const sockets = new Set<Socket>();
    app.server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });

    // close() ends the connections that are idle at that moment. The others would stay open after their answer. Node does
    // not count a connection as idle that has never sent anything.
    let sweep: NodeJS.Timeout | undefined;
    app.addHook('preClose', async () => {
      sweep = setInterval(() => {
        app.server.closeIdleConnections();
        for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
      }, CLOSE_INTERVAL);
    });
    app.addHook('onClose', async () => clearInterval(sweep));
  },
  { name: 'drain' },
);

function closeConnection(_request: unknown, response: ServerResponse): void {
  response.setHeader('connection', 'close');
}
