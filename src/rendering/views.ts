import { fileURLToPath } from 'node:url';
import type { FastifyReply } from 'fastify';
import plugin from 'fastify-plugin';
import type { Config } from '../settings/config.ts';
import type { FieldErrors } from '../lib/problem.ts';
import { isolate } from '../lib/text/isolate.ts';
import type { Assets } from './assets.ts';
import { formatTime } from './format-time.ts';
import { createPlainTemplates } from './templates.ts';
import { createFlatTemplates } from './speed/flat-templates.ts';

/** View name -> the data that its template needs. Each route adds its own view where it is rendered. */
// oxlint-disable-next-line typescript/no-empty-object-type -- filled by the routes
export interface Views {}

export type ViewName = keyof Views;

/** What the layout needs on every page. Other plugins add their part, and fill it in with `addToLayout`. */
export interface LayoutData {
  assets: Assets;
  origin: string;
  /** The path of the page, without its query. */
  path: string;
  formatTime(milliseconds: number): string;
  /** For a name in an attribute; in a text it stands in `<bdi>`. */
  isolate(text: string): string;
  /** One sentence about the site, for search engines and the footer. */
  slogan: string;
  /** The page to which the wordmark leads. */
  home: string;
}

/** What a page says about itself. */
export interface PageHead {
  title: string;
  description?: string;
  /** What is wrong with a form on this page; the title says that there is an error. */
  errors?: FieldErrors;
}

type AddToLayout = (reply: FastifyReply, layout: LayoutData) => void;

declare module 'fastify' {
  interface FastifyInstance {
    /** Adds to what the layout shows on every page. It runs for each page, and may run without a session. */
    addToLayout(add: AddToLayout): void;
  }
  interface FastifyReply {
    /** Renders views/<view>.eta in its layout. */
    page<V extends ViewName>(
      view: V,
      data: PageHead & Views[V] & Partial<LayoutData>,
    ): FastifyReply;
  }
}

const VIEWS = fileURLToPath(new URL('../../views', import.meta.url));

interface Options {
  config: Config;
  /** In development, templates are read again for every page, and errors name their file and line. */
  dev: boolean;
}

/** Pages, rendered on the server. */
export default plugin<Options>(
  async (app, { config: { publicUrl }, dev }) => {
    const templates = dev ? createPlainTemplates(VIEWS) : createFlatTemplates(VIEWS);
    const additions: AddToLayout[] = [];
    app.decorate('addToLayout', (add: AddToLayout) => void additions.push(add));

    app.decorateReply('page', function (this: FastifyReply, view: string, data: object) {
      const layout = {
        assets: app.assets,
        origin: publicUrl.origin,
        path: this.request.url.split('?', 1)[0]!,
        formatTime,
        isolate,
        slogan: 'Accounts and sessions that follow you.',
        home: '/',
      } as LayoutData;
      for (const add of additions) add(this, layout);
      const html = templates.render(view, Object.assign(layout, data));
      // A page from the browser's cache would contain a change id or a token that was used before.
      return this.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(html);
    } as FastifyReply['page']);
  },
  { name: 'views', dependencies: ['assets'] },
);
