import { randomBytes } from 'node:crypto';
import type { FastifyPluginAsync } from 'fastify';
import { requireProof } from './proof.ts';
import { drawQrCode } from './qr-code.ts';
import { grantOf } from './transfer-grant.ts';

/** How long a link can be used, in milliseconds. */
const LINK_LIFETIME = 10 * 60_000;

const TITLE = 'Continue on your phone';

/** The device that has a session makes a link; see transfer-accept.ts for the device that opens it. */
export const transfer: FastifyPluginAsync<{ publicUrl: URL }> = async (app, { publicUrl }) => {
  app.get('/transfer', async (_request, reply) => reply.page('auth/transfer', { title: TITLE }));

  await app.register(async (proved) => {
    proved.addHook('preHandler', requireProof);

    /**
     * Answers 200 with the link, where other forms answer 303: a page to go on to would have to fetch the
     * token from somewhere, and it is kept nowhere. Loading this answer again makes another link, no harm.
     */
    proved.post('/transfer', { config: { askedOn: '/transfer' } }, async (request, reply) => {
      const token = randomBytes(32).toString('base64url');
      const lifetime = Math.min(LINK_LIFETIME, remaining(request.session.created));
      await app.state.links.create(token, grantOf(request), lifetime);
      request.audit('token_created', { purpose: 'transfer' });
      const link = `${publicUrl.origin}/transfer/${token}`;
      return reply.page('auth/transfer', {
        title: TITLE,
        link,
        qr: drawQrCode(link),
        minutes: Math.ceil(lifetime / 60_000),
      });
    });
  });

  /** A link must not outlive the session that makes it. */
  function remaining(created = 0): number {
    return created + app.lifetimes.sessionAbsolute - app.clock();
  }
};
