import type { FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';

declare module '../rendering/views.ts' {
  interface LayoutData {
    /** Messages that are shown once: kind -> sentences. */
    flash: Record<string, string[]>;
  }
}

/** How many messages of each kind wait for a page. Of a program that never opens one, the last ones are kept. */
const MOST_MESSAGES = 10;

/** Puts the messages of the session on the next page that a person sees. `request.flash` comes from passport. */
export default plugin(
  async (app) => {
    // Before the handler, which may add one.
    app.addHook('preHandler', ({ session }, _reply, done) => {
      const { flash } = session;
      if (flash && Object.values(flash).some(({ length }) => length >= MOST_MESSAGES)) {
        session.flash = withoutOldest(flash);
      }
      done();
    });

    app.addToLayout(({ request }: FastifyReply, layout) => {
      layout.flash = isSeen(request) ? takeFlash(request) : {};
    });
  },
  { name: 'flash', dependencies: ['session', 'views'] },
);

/** Leaves room for one more message of each kind. */
function withoutOldest(flash: Record<string, string[]>): Record<string, string[]> {
  const kinds = Object.entries(flash);
  return Object.fromEntries(kinds.map(([kind, list]) => [kind, list.slice(1 - MOST_MESSAGES)]));
}

/**
 * A message is shown once, so it must wait for a page that a person sees. A script fetches only parts of a page, a
 * browser may fetch a page before it is opened, and HEAD has no page.
 */
function isSeen({ method, headers }: FastifyRequest): boolean {
  if (method === 'HEAD') return false;
  return headers['sec-fetch-dest'] !== 'empty' && headers['sec-purpose'] === undefined;
}

/** Reading a flash through passport always writes the session, so it is read only when there is one. */
function takeFlash({ session }: Partial<FastifyRequest>): Record<string, string[]> {
  const flash = session?.flash;
  if (!flash) return {};
  delete session.flash;
  return flash;
}
