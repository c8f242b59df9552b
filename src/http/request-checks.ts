import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import type { Config } from '../settings/config.ts';
import { Problem, type ProblemCode } from '../lib/problem.ts';
import { createHostCheck } from './our-host.ts';
import { readTarget } from './request-target.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route answers whatever the Host header is. */
    anyHost?: boolean;
  }
}

interface Options {
  config: Config;
}

const METHODS = ['GET', 'HEAD', 'POST'];
/** In characters. */
const URL_LENGTH = 8 * 1024;
const MOST_HEADERS = 100;
const MOST_COOKIES = 100;
/** The only expectation that HTTP defines (RFC 9110, 10.1.1). Node fulfils it. */
const CONTINUE = '100-continue';

/** Refuses requests that our pages and forms never cause. It runs before the session is loaded and the body is read. */
export default plugin<Options>(
  async (app, { config }) => {
    const isOurHost = createHostCheck(config);

    // Node would answer this header itself, without our headers.
    app.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
      app.server.emit('request', request, response),
    );

    app.addHook('onRequest', (request, reply, done) => {
      const code = findProblem(request);
      if (code === 'method-not-allowed') reply.header('allow', METHODS.join(', '));
      if (code) return done(new Problem(code));
      const { method, headers, raw } = request;
      if (method === 'POST' || headers['transfer-encoding'] === undefined) return done();
      // Tunnels and service meshes add an empty body to requests that have none.
      bodyComes(raw).then((comes) => done(comes ? new Problem('bad-request') : undefined), done);
    });

    function findProblem(request: FastifyRequest): ProblemCode | undefined {
      const { method, url, originalUrl, headers, host, raw, routeOptions } = request;
      if (!METHODS.includes(method)) return 'method-not-allowed';
      if (url.length > URL_LENGTH) return 'url-too-long';
      if (!url.startsWith('/')) return 'bad-request';
      // server-options.ts has replaced the target. It may have been the whole address of a page of ours.
      if (url !== originalUrl && readTarget(originalUrl, isOurHost) === null) return 'bad-request';
      if (raw.rawHeaders.length / 2 > MOST_HEADERS) return 'headers-too-large';
      if (countCookies(headers.cookie) > MOST_COOKIES) return 'headers-too-large';
      const { anyHost } = routeOptions.config;
      const hosts = countHosts(raw.rawHeaders);
      // A probe in HTTP/1.0 has no Host header (RFC 1945).
      const mayLackHost = anyHost === true && raw.httpVersion === '1.0';
      if (hosts > 1 || (hosts === 0 && !mayLackHost)) return 'bad-request';
      if (!anyHost && !isOurHost(host)) return 'wrong-host';
      if (method !== 'POST') {
        if (Number(headers['content-length'] ?? 0) > 0) return 'bad-request';
        if (isCrossSiteLoad(request)) return 'cross-site';
      }
      if ((headers.expect ?? CONTINUE).toLowerCase() !== CONTINUE) return 'unmet-expectation';
      // Node passes a request with another transfer encoding on, and fails when its body begins.
      const transferEncoding = headers['transfer-encoding'] ?? 'chunked';
      if (transferEncoding.toLowerCase() !== 'chunked') return 'bad-request';
      // No compressed body is accepted, so a small body cannot become a large one.
      if (headers['content-encoding'] !== undefined) return 'unsupported-type';
      return undefined;
    }
  },
  { name: 'request-checks', dependencies: ['security-headers'] },
);

function countCookies(header = ''): number {
  return header.split(';', MOST_COOKIES + 1).length;
}

/**
 * A request must have one Host header. Of two, Node reads the first, and a proxy in front of it may read the second.
 */
function countHosts(rawHeaders: string[]): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (name.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  return count;
}

/** Waits for a body in chunks. @returns true as soon as a byte of it comes, false when it ends without one */
function bodyComes(raw: IncomingMessage): Promise<boolean> {
  return new Promise((resolve) => {
    raw.once('data', () => resolve(true)).once('end', () => resolve(false));
  });
}

/**
 * Returns true when a page of another site loads something from here in any way other than by a link. Other sites may
 * link to our pages, but not load, frame or measure them (w3c.github.io/webappsec-fetch-metadata).
 */
function isCrossSiteLoad({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return false;
  return headers['sec-fetch-mode'] !== 'navigate' || headers['sec-fetch-dest'] !== 'document';
}
