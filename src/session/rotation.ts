import type { FastifyReply } from 'fastify';
import plugin from 'fastify-plugin';
import type { SessionFields } from '../store/contract/sessions.ts';
import { newSessionId } from './speed/session-ids.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The new session, after this request has rotated the id. It is not loaded from the store again. */
    rotated: { id: string; fields: Readonly<SessionFields> } | null;
  }
  interface FastifyReply {
    /**
     * Gives the session of this request a new id, so that the old one is worthless. Everything in the session stays,
     * except what is bound to the old id. Changes that the request has made so far are saved first.
     * @returns false when the session was ended or moved in the meantime; then the request has a new, empty session
     * @throws {SessionGone} when there are changes to save and the session is gone
     * @throws {StoreUnavailable}
     */
    rotateSession(): Promise<boolean>;
    /**
     * Goes on with the session of this id, or with a new, empty session when there is none.
     * @param id null for a new session
     */
    useSession(id: string | null): Promise<void>;
  }
}

// docs: bound
/**
 * `csrf`: a token is valid for one id only. `issued`: when the cookie was last sent, and the browser has no cookie for
 * the new id yet.
 */
const BOUND_TO_ID = ['csrf', 'issued'];
// docs: end

export default plugin(
  async (app) => {
    app.decorateRequest('rotated', null);

    app.decorateReply('rotateSession', async function (this: FastifyReply) {
      const { request } = this;
      // A session that was never stored has an id that no browser knows.
      if (!request.session.loaded) return true;
      await request.session.save();
      const id = newSessionId();
      const fields = await app.store.sessions.rotate(request.session.sessionId, id, BOUND_TO_ID);
      request.rotated = fields && { id, fields };
      await this.useSession(fields && id);
      // Marks the session as changed, so that the browser gets the cookie of the new id.
      if (fields) request.session.issued = app.clock();
      return fields !== null;
    });

    app.decorateReply('useSession', function (this: FastifyReply, id) {
      const cookie = id === null ? '' : app.signSessionId(id);
      return new Promise<void>((resolve, reject) => {
        app.decryptSession(cookie, this.request, (error?: Error | null) =>
          error ? reject(error) : resolve(),
        );
      });
    });
  },
  { name: 'rotation', dependencies: ['session'] },
);
