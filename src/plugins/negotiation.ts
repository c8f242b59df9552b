import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller wants JSON rather than a page. */
    readonly wantsJson: boolean;
  }
}

/** Pages or JSON? The same routes answer both. */
export default plugin(
  async (app) => {
    app.decorateRequest('wantsJson', {
      getter(this: FastifyRequest) {
        const accept = this.headers.accept ?? '';
        // Browsers always name text/html.
        return /application\/(problem\+)?json/.test(accept) && !accept.includes('text/html');
      },
    });
  },
  { name: 'negotiation' },
);
