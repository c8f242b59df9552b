import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import type { Config } from '../settings/config.ts';
import { Problem } from '../lib/problem.ts';

interface Options {
  config: Config;
}

/**
 * Refuses forms that came over http although PUBLIC_URL is https. Their sessions could not be saved, because a Secure
 * cookie is set only over https. The log says once what to check. Probes and metrics come over http from inside the
 * network, so this plugin is only for the scope of the pages.
 */
export default plugin<Options>(
  async (app, { config }) => {
    if (!config.secure) return;
    let hasWarned = false;

    app.addHook('onRequest', (request, _reply, done) => {
      if (request.protocol === 'https') return done();
      if (!hasWarned) {
        hasWarned = true;
        request.log.warn(
          `PUBLIC_URL is https, but a request from ${request.socket.remoteAddress} came over http (${received(request)}), so nobody can sign in that way: list the proxy that ends TLS in TRUST_PROXY, and make it send X-Forwarded-Proto: https`,
        );
      }
      done(request.method === 'POST' ? new Problem('not-secure') : undefined);
    });
  },
  { name: 'secure-transport', dependencies: ['same-origin'] },
);

/** Returns what the proxy said about TLS, so that an operator sees what to change. */
function received({ headers }: FastifyRequest): string {
  const { 'x-forwarded-proto': scheme, forwarded } = headers;
  const said =
    scheme === undefined
      ? 'without X-Forwarded-Proto'
      : `X-Forwarded-Proto: ${String(scheme).slice(0, 100)}`;
  return forwarded === undefined ? said : `${said}; the header Forwarded is not read`;
}
