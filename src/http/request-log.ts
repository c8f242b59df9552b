import type { FastifyRequest } from 'fastify';

/**
 * What the log says of a request. Not what stands behind a `?`, which may be somebody's own, and not the
 * token of a link, whatever the method: scanners of links ask with several.
 */
export function describeRequest({ method, url, ip }: FastifyRequest) {
  const path = url.split('?', 1)[0]!;
  return { method, url: path.replace(/^\/transfer\/.+/i, '/transfer/…'), remoteAddress: ip };
}
