import type { FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';

declare module '../rendering/views.ts' {
  interface LayoutData {
    /** Messages that are shown once: kind -> sentences. */
    flash: Record<string, string[]>;
  }
}

/** Puts the messages of the session on the next page that a person sees. `request.flash` comes from passport. */
export default plugin(
  async (app) => {
    app.addToLayout(({ request }: FastifyReply, layout) => {
      layout.flash = isSeen(request) ? takeFlash(request) : {};
    });
  },
  { name: 'flash', dependencies: ['session', 'views'] },
);

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
