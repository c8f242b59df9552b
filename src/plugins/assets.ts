import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import serveStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import plugin from 'fastify-plugin';
import { ConfigError } from '../config.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** What the layout links to. */
    assets: Assets;
  }
}

export interface Assets {
  scripts: string[];
  styles: string[];
}

interface Options {
  /** In development, serve the sources through Vite, with hot styles. */
  dev: boolean;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ENTRY = 'src/client/main.ts';
/** What Vite may serve: not the whole project. */
const SOURCES = /^\/(@vite|@id|src\/client|node_modules)\//;
const STYLES = 'src/client/main.css';

/** The build has put a packed copy beside each text; it goes to whoever can read it, under the same address. */
const files = {
  wildcard: false,
  dotfiles: 'deny' as const,
  preCompressed: true,
  globIgnore: ['**/*.{br,gz}'],
};

/** Browser code and styles, and the files of public/. No session is loaded for these. */
export default plugin<Options>(
  async (app, { dev }) => {
    await app.register(serveStatic, {
      ...files,
      root: dev ? `${ROOT}public` : `${ROOT}dist/public`,
      maxAge: '1h',
    });
    app.decorate('assets', dev ? await serveSources(app) : await serveBuild(app));
  },
  { name: 'assets' },
);

async function serveBuild(app: FastifyInstance): Promise<Assets> {
  const manifest = readManifest();
  await app.register(serveStatic, {
    ...files,
    root: `${ROOT}dist/assets`,
    prefix: '/assets/',
    decorateReply: false,
    immutable: true,
    maxAge: '1y',
  });
  return { scripts: [fileOf(manifest, ENTRY)], styles: [fileOf(manifest, STYLES)] };
}

type Manifest = Record<string, { file: string }>;

function readManifest(): Manifest {
  try {
    return JSON.parse(readFileSync(`${ROOT}dist/.vite/manifest.json`, 'utf8')) as Manifest;
  } catch {
    throw new ConfigError(['The assets are not built. Run: npm run build']);
  }
}

/** The hashed name of a built file. @throws when the build does not hold it: better at boot than on a page */
function fileOf(manifest: Manifest, source: string): string {
  const built = manifest[source];
  if (!built) throw new ConfigError([`${source} is not in the build. Run: npm run build`]);
  return `/${built.file}`;
}

/** Vite works inside our server: one port, its reload socket included. */
async function serveSources(app: FastifyInstance): Promise<Assets> {
  const [{ createServer }, { default: middie }] = await Promise.all([
    import('vite'),
    import('@fastify/middie'),
  ]);
  const vite = await createServer({
    root: ROOT,
    appType: 'custom',
    configLoader: 'native',
    server: { middlewareMode: true, hmr: { server: app.server, overlay: false } },
  });
  await app.register(middie);
  app.use((request, response, next) => {
    if (SOURCES.test(request.url ?? '')) vite.middlewares(request, response, next);
    else next();
  });
  vite.watcher.add(`${ROOT}views`);
  vite.watcher.on('change', (file) => {
    if (file.endsWith('.eta')) vite.ws.send({ type: 'full-reload' });
  });
  app.addHook('onClose', () => vite.close());
  return { scripts: ['/@vite/client', `/${ENTRY}`], styles: [`/${STYLES}`] };
}
