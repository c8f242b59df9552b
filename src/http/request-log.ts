import type { FastifyRequest } from 'fastify';
import { cutTokens } from '../lib/cut-tokens.ts';

/**
 * Returns what is logged about a request. It is the pattern of its route, such as `/transfer/:token`, because an address
 * may contain a token or personal data. Where no route was found, it is the path, without what looks like a token.
 */
export function describeRequest({ method, url, originalUrl, routeOptions, ip }: FastifyRequest) {
  // server-options.ts has replaced some addresses, so the route is not the one that was asked for.
  const pattern = url === originalUrl ? routeOptions.url : undefined;
  const path = pattern ?? cutTokens(originalUrl.split(/[?#]/, 1)[0]!);
  return { method, url: path, remoteAddress: ip };
}
