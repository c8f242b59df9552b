import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { Memo } from '../lib/speed/memo.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller wants JSON rather than a page. */
    readonly wantsJson: boolean;
  }
}

const MOST_HEADERS = 200;
const preferences = new Memo<boolean>(MOST_HEADERS);

/** Pages or JSON? The same routes answer both. */
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

/** Only whoever names JSON gets it, and only where a page is not as welcome: browsers always name text/html. */
function prefersJson(accept: string): boolean {
  const json = Math.max(
    qualityOf(accept, 'application/json'),
    qualityOf(accept, 'application/problem+json'),
  );
  return json > qualityOf(accept, 'text/html');
}

/** How welcome a type is that the Accept header names (RFC 9110, 12.5.1): 0 to 1, and 0 where it does not name it. */
function qualityOf(accept: string, wanted: string): number {
  for (const range of accept.toLowerCase().split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim());
    if (type !== wanted) continue;
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
    return /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(quality) ? Number(quality) : 0;
  }
  return 0;
}
