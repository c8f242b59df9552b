import plugin from 'fastify-plugin';
import type { Config } from '../settings/config.ts';
import { Problem } from '../lib/problem.ts';

interface Options {
  config: Config;
}

/**
 * Where people use https and a request did not come that way, its session's Secure cookie would silently not be sent.
 * So forms are refused rather than taken in vain, and the log says once what to look at. Only for pages: probes
 * and metrics come from inside.
 */
export default plugin<Options>(
  async (app, { config }) => {
    if (!config.secure) return;
    let told = false;

    app.addHook('onRequest', (request, _reply, done) => {
      if (request.protocol === 'https') return done();
      if (!told) {
        told = true;
        request.log.warn(
          `PUBLIC_URL is https, but a request from ${request.socket.remoteAddress} did not come by it, so nobody can sign in that way: list the proxy that ends TLS in TRUST_PROXY, and let it send X-Forwarded-Proto: https`,
        );
      }
      done(request.method === 'POST' ? new Problem('not-secure') : undefined);
    });
  },
  { name: 'secure-transport', dependencies: ['same-origin'] },
);
