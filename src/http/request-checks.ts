import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { isLoopback, type Config } from '../settings/config.ts';
import { Problem, type ProblemCode } from '../lib/problem.ts';

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

/** Refuses requests that our pages and forms never cause. It runs before the session is loaded and the body is read. */
export default plugin<Options>(
  async (app, { config }) => {
    const { publicUrl, production } = config;

    app.addHook('onRequest', (request, reply, done) => {
      const code = findProblem(request);
      if (code === 'method-not-allowed') reply.header('allow', METHODS.join(', '));
      done(code ? new Problem(code) : undefined);
    });

    function findProblem(request: FastifyRequest): ProblemCode | undefined {
      const { method, url, originalUrl, headers, raw } = request;
      if (!METHODS.includes(method)) return 'method-not-allowed';
      if (url.length > URL_LENGTH) return 'url-too-long';
      // A client sends `GET http://other.example/` only to a proxy.
      if (!url.startsWith('/')) return 'bad-request';
      // server-options.ts has replaced a path that cannot be decoded.
      if (url !== originalUrl) return 'bad-request';
      if (raw.rawHeaders.length / 2 > MOST_HEADERS) return 'headers-too-large';
      if (countCookies(headers.cookie) > MOST_COOKIES) return 'headers-too-large';
      if (countHosts(raw.rawHeaders) !== 1) return 'bad-request';
      if (!isOurHost(request)) return 'wrong-host';
      if (method !== 'POST') {
        if (hasBody(request)) return 'bad-request';
        if (isCrossSiteLoad(request)) return 'cross-site';
      }
      // Node passes a request with another transfer encoding on, and fails when its body begins.
      const transferEncoding = headers['transfer-encoding'] ?? 'chunked';
      if (transferEncoding.toLowerCase() !== 'chunked') return 'bad-request';
      // No compressed body is accepted, so a small body cannot become a large one.
      if (headers['content-encoding'] !== undefined) return 'unsupported-type';
      return undefined;
    }

    function isOurHost({ host, hostname, routeOptions }: FastifyRequest): boolean {
      if (routeOptions.config.anyHost || host === publicUrl.host) return true;
      return !production && isLoopback(hostname);
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

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
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
