import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import type { Config } from '../settings/config.ts';
import { originOf, readOrigin, readReferer } from '../lib/origin.ts';
import { Problem } from '../lib/problem.ts';

interface Options {
  config: Config;
}

/**
 * The first defence against cross-site request forgery: a POST request must come from a page of ours. The check runs
 * before the session is loaded. The second defence is in session/csrf.ts.
 */
export default plugin<Options>(
  async (app, { config }) => {
    app.addHook('onRequest', (request, _reply, done) => {
      const isForeign = request.method === 'POST' && !isSameOrigin(request, config);
      done(isForeign ? new Problem('cross-site') : undefined);
    });
  },
  { name: 'same-origin', dependencies: ['request-checks'] },
);

/**
 * Browsers send Sec-Fetch-Site, which no page can forge. Older browsers send at least an Origin, and text browsers a
 * Referer (OWASP, Cross-Site Request Forgery Prevention). A request with none of the three is refused.
 */
function isSameOrigin({ headers, host }: FastifyRequest, config: Config): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, referer = '' } = headers;
  const sender = origin === undefined ? readReferer(referer) : readOrigin(origin);
  if (sender === null) return false;
  if (sender === readOrigin(config.publicUrl.origin)) return true;
  // In development the page may have any loopback name. request-checks.ts has checked that the Host header is one.
  return !config.production && sender === originOf('http:', host);
}
