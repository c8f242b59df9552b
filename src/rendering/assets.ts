import { fileURLToPath } from 'node:url';
import serveStatic, { type FastifyStaticOptions } from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import plugin from 'fastify-plugin';
import { setAccess } from '../http/route-list.ts';
import type { Config } from '../settings/config.ts';
import { findBuiltAssets } from './built-assets.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** The addresses of the browser code and styles, for the layout. */
    assets: Assets;
  }
}

export interface Assets {
  scripts: string[];
  styles: string[];
}

interface Options {
  config: Config;
  /** In development, Vite serves the sources. */
  dev: boolean;
}

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Serves browser code, styles and the files of public/. No session is loaded for them. */
export default plugin<Options>(
  async (app, { config, dev }) => {
    await app.register(async (files) => {
      setAccess(files, { access: 'everyone', staticFile: true });
      if (dev) {
        await serveFolder(files, 'public', { maxAge: '1h' });
      } else {
        await serveFolder(files, 'dist/public', { maxAge: '1h' });
        await serveFolder(files, 'dist/assets', {
          prefix: '/assets/',
          immutable: true,
          maxAge: '1y',
        });
      }
    });
    app.decorate('assets', dev ? await serveSources(app, config) : findBuiltAssets(ROOT));
  },
  { name: 'assets' },
);

/** The build writes a compressed copy of each text file. A browser that accepts it gets it under the same address. */
async function serveFolder(
  app: FastifyInstance,
  folder: string,
  options: Partial<FastifyStaticOptions>,
): Promise<void> {
  await app.register(serveStatic, {
    root: `${ROOT}${folder}`,
    decorateReply: false,
    wildcard: false,
    dotfiles: 'deny',
    preCompressed: true,
    globIgnore: ['**/*.{br,gz}'],
    // A page needs many files. A log entry for each would hide the other entries.
    logLevel: 'warn',
    ...options,
  } as FastifyStaticOptions);
}

/** Vite and its plugin are not installed in production. */
async function serveSources(app: FastifyInstance, { publicUrl }: Config): Promise<Assets> {
  const { serveWithVite } = await import('./vite-sources.ts');
  return serveWithVite(app, ROOT, publicUrl.hostname);
}
