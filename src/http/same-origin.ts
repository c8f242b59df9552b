import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import type { Config } from '../settings/config.ts';
import { Problem } from '../lib/problem.ts';

interface Options {
  config: Config;
}

/** Lock one against cross-site request forgery: what changes something comes from a page of ours. Closed before the session is loaded. */
export default plugin<Options>(
  async (app, { config }) => {
    app.addHook('onRequest', (request, _reply, done) => {
      const isForeign = request.method === 'POST' && !isSameOrigin(request, config);
      done(isForeign ? new Problem('cross-site') : undefined);
    });
  },
  { name: 'same-origin', dependencies: ['request-checks'] },
);

/** Browsers send Sec-Fetch-Site, which no page can forge; older ones at least an Origin. Neither is a refusal. */
function isSameOrigin({ headers, host }: FastifyRequest, config: Config): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  if (headers.origin === config.publicUrl.origin) return true;
  // In development any loopback name may be in the address bar; the Host header was checked to be one.
  return !config.production && headers.origin === `http://${host}`;
}
