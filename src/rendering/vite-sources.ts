import type { IncomingMessage, Server } from 'node:http';
import middie from '@fastify/middie';
import type { FastifyInstance } from 'fastify';
import { createServer } from 'vite';
import type { Assets } from './assets.ts';
import { SCRIPT_ENTRY, STYLE_ENTRY } from './built-assets.ts';

/** The only paths that Vite may serve. It must not serve the rest of the project. */
const SOURCES = /^\/(@vite|@id|client|node_modules)\//;

/**
 * Serves the browser code through Vite, inside our server: there is one port, also for Vite's reload socket.
 * @param host the name by which other devices reach this server; Vite refuses names that it does not know
 */
export async function serveWithVite(
  app: FastifyInstance,
  root: string,
  host: string,
): Promise<Assets> {
  const vite = await createServer({
    root,
    appType: 'custom',
    configLoader: 'native',
    server: {
      middlewareMode: true,
      hmr: { server: app.server, overlay: false },
      allowedHosts: [host],
    },
  });
  passOnlyToVite(app.server);
  await app.register(middie);
  app.use((request, response, next) => {
    if (SOURCES.test(request.url ?? '')) vite.middlewares(request, response, next);
    else next();
  });
  vite.watcher.add(`${root}views`);
  vite.watcher.on('change', (file) => {
    if (file.endsWith('.eta')) vite.ws.send({ type: 'full-reload' });
  });
  app.addHook('onClose', () => vite.close());
  return { scripts: ['/@vite/client', `/${SCRIPT_ENTRY}`], styles: [`/${STYLE_ENTRY}`] };
}

/**
 * Vite listens for upgrades of the connection, and leaves those that are not its own without an answer. So every other
 * request is answered as if it asked for none, for instance the one to HTTP/2 of `curl --http2`.
 */
function passOnlyToVite(server: Server): void {
  const isForVite = ({ headers }: IncomingMessage) =>
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-protocol']?.startsWith('vite-') === true;
  Object.assign(server, { shouldUpgradeCallback: isForVite });
}
