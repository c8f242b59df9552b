import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { Memo } from '../lib/speed/memo.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** True when the caller prefers JSON to a page. */
    readonly wantsJson: boolean;
  }
}

/** The largest number of different Accept headers in the cache. */
const MOST_HEADERS = 200;
const preferences = new Memo<boolean>(MOST_HEADERS);

/** Decides by the Accept header whether a route answers with a page or with JSON. */
export default plugin(
  async (app) => {
    app.decorateRequest('wantsJson', {
      getter(this: FastifyRequest) {
        const { accept = '' } = this.headers;
        return preferences.get(accept, () => prefersJson(accept));
      },
    });
  },
  { name: 'negotiation' },
);

/** A caller gets JSON only if its header names JSON and prefers it to text/html. Browsers always name text/html. */
function prefersJson(accept: string): boolean {
  const json = Math.max(
    qualityOf(accept, 'application/json'),
    qualityOf(accept, 'application/problem+json'),
  );
  return json > qualityOf(accept, 'text/html');
}

/**
 * Returns the quality value of a type (RFC 9110, 12.5.1), from 0 to 1. It is 0 when the header does not name the type.
 */
function qualityOf(accept: string, wanted: string): number {
  for (const range of accept.toLowerCase().split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim());
    if (type !== wanted) continue;
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
    return /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(quality) ? Number(quality) : 0;
  }
  return 0;
}
