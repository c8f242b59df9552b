import { hash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import type { Config } from '../config.ts';
import { formatMoney } from '../domain/money.ts';
import { countItems } from '../domain/priced-cart.ts';
import { Memo } from '../memo.ts';
import { emptyCart } from '../state/contract.ts';
import { createTemplates } from './templates.ts';

declare module 'fastify' {
  interface FastifyReply {
    /** Renders views/<view>.eta in the layout. `title` and what the view names are up to the caller. */
    page(view: string, data: PageData): FastifyReply;
  }
}

export interface PageData {
  title: string;
  [name: string]: unknown;
}

const VIEWS = fileURLToPath(new URL('../../views', import.meta.url));

const MOST_TIMES = 1000;
const times = new Memo<string>(MOST_TIMES);
/** The server does not know where its readers are, so it says which clock it reads. */
const timeFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
  timeZoneName: 'short',
});

interface Options {
  config: Config;
  /** In development, read each template anew for every page. */
  dev: boolean;
}

/** Server-rendered pages. */
export default plugin<Options>(
  async (app, { config: { publicUrl }, dev }) => {
    const templates = createTemplates(VIEWS, { cache: !dev });

    app.decorateReply('page', function (this: FastifyReply, view: string, data: PageData) {
      const html = templates.render(view, { ...shared(this), ...data });
      // No store: a page from the browser's cache would hold a change id or a token that was used before.
      return this.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(html);
    });

    const nameOf = (slug: string) => app.products.find(slug)?.name ?? 'Something';

    /** What the layout shows on every page. */
    function shared(reply: FastifyReply) {
      // Error pages may come before, or outside of, session and identity.
      const { user, session, url } = reply.request as Partial<FastifyRequest> &
        Pick<FastifyRequest, 'url'>;
      const cart = session?.memory?.cart ?? emptyCart;
      return {
        assets: app.assets,
        origin: publicUrl.origin,
        user,
        csrf: user && session?.csrf ? reply.generateCsrf() : '',
        flash: isSeen(reply.request) ? takeFlash(session) : {},
        itemCount: countItems(cart, app.products),
        cartVersion: cart.version,
        ownerTag: session?.owner ? tagOf(session.owner) : '',
        outage: Boolean(session?.memory?.outage),
        path: url.split('?', 1)[0],
        formatMoney,
        formatTime,
        nameOf,
        newChangeId,
      };
    }
  },
  { name: 'views', dependencies: ['assets', 'database'] },
);

function formatTime(milliseconds: number): string {
  return times.get(String(milliseconds), () => timeFormat.format(milliseconds));
}

function newChangeId(): string {
  return crypto.randomUUID();
}

/** Lets a page see that it belongs to somebody else now, without telling it to whom. */
function tagOf(owner: string): string {
  return hash('sha256', owner, 'base64url').slice(0, 11);
}

/**
 * A script of ours takes the live parts of a page; a browser fetches ahead what may be opened; HEAD takes no page
 * at all. What is said but once must wait for a page that is seen.
 */
function isSeen({ method, headers }: FastifyRequest): boolean {
  if (method === 'HEAD') return false;
  return headers['sec-fetch-dest'] !== 'empty' && headers['sec-purpose'] === undefined;
}

/** Reading a flash always writes the session, so it is read only where there is one. */
function takeFlash(session: Partial<FastifyRequest>['session']): Record<string, string[]> {
  const flash = session?.flash;
  if (!flash) return {};
  delete session.flash;
  return flash;
}
