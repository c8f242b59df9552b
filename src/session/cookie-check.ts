import type { FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { Problem } from '../lib/problem.ts';
import { cookieNameOf } from './cookie-names.ts';

/** In seconds. The cookie has to live until the form comes again, which is at once. */
const LIFETIME = 60;

/**
 * A browser that keeps no cookies has no session, so whatever its form did would be lost on the next page. So the first
 * form of a browser without any cookie is sent back once, with a cookie, before it does anything. 307 makes the browser
 * send the same form again (RFC 9110, 15.4.8). Without a cookie then, a page says why. Other clients do not navigate,
 * and are not asked.
 */
export default plugin<{ publicUrl: URL }>(
  async (app, { publicUrl }) => {
    const { secure, path } = app.sessionCookie;
    const name = cookieNameOf('asked', publicUrl);

    app.addHook('preHandler', (request, reply, done) => {
      if (!comesWithoutCookies(request)) return done();
      const { asked } = request.query as { asked?: string };
      if (asked !== undefined) return done(new Problem('cookies-blocked'));
      const attributes = { path, secure, httpOnly: true, sameSite: 'strict' } as const;
      sendBack(reply.setCookie(name, '1', { ...attributes, maxAge: LIFETIME }));
    });
  },
  { name: 'cookie-check', dependencies: ['session', 'csrf'] },
);

function comesWithoutCookies({ method, headers }: FastifyRequest): boolean {
  return method === 'POST' && !headers.cookie && headers['sec-fetch-mode'] === 'navigate';
}

/** A query alone leads to the address of the request, whatever that looks like (RFC 3986, 5.2.2). */
function sendBack(reply: FastifyReply): void {
  reply.redirect('?asked', 307);
}
