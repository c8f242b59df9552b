import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import type { Config } from '../settings/config.ts';
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
 * Browsers send Sec-Fetch-Site, which no page can forge. Older browsers send at least an Origin. A request with neither
 * is refused.
 */
function isSameOrigin({ headers, host }: FastifyRequest, config: Config): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  if (headers.origin === config.publicUrl.origin) return true;
  // In development the page may have any loopback name. request-checks.ts has checked that the Host header is one.
  return !config.production && headers.origin === `http://${host}`;
}
