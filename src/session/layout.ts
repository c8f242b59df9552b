import { hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import type { User } from '../database/schema.ts';

declare module '../rendering/views.ts' {
  interface LayoutData {
    user: User | undefined;
    /** The CSRF token for forms of a user; empty for a guest. */
    csrf: string;
    /** Tells a page whether its browser has another owner now, without saying who the owner is. */
    ownerTag: string;
    /** The store did not answer, so the page does not know who asks for it. */
    outage: boolean;
  }
}

/** Puts on every page who is signed in, and what its forms and scripts need to know about the session. */
export default plugin(
  async (app) => {
    app.addToLayout((reply, layout) => {
      // An error page may be rendered before the session was loaded.
      const { user, session } = reply.request as Partial<FastifyRequest>;
      layout.user = user;
      layout.csrf = user && session?.csrf ? reply.generateCsrf() : '';
      layout.ownerTag = session?.owner ? tagOf(session.owner) : '';
      layout.outage = Boolean(session?.loaded?.outage);
    });
  },
  { name: 'session-layout', dependencies: ['views'] },
);

function tagOf(owner: string): string {
  return hash('sha256', owner, 'base64url').slice(0, 11);
}
