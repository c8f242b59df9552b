import type { FastifyRequest } from 'fastify';

/**
 * Returns what is logged about a request. The query is left out, because it may contain personal data. The token of a
 * link is left out for every method, because programs that check links use several.
 */
export function describeRequest({ method, url, ip }: FastifyRequest) {
  const path = url.split('?', 1)[0]!;
  return { method, url: path.replace(/^\/transfer\/.+/i, '/transfer/…'), remoteAddress: ip };
}
