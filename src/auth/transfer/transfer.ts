import { randomBytes } from 'node:crypto';
import type { FastifyPluginAsync } from 'fastify';
import { requireReAuthentication } from '../../session/re-authentication.ts';
import { drawQrCode, type QrCode } from './qr-code.ts';
import { grantOf } from './transfer-grant.ts';

declare module '../../rendering/views.ts' {
  interface Views {
    'auth/transfer': {
      /** How many minutes a link works. */
      minutes: number;
      /** The link that was just made. */
      made?: { link: string; qr: QrCode };
    };
  }
}

/** How long a link works, in milliseconds. */
export const LINK_LIFETIME = 10 * 60_000;

const TITLE = 'Continue on your phone';

/** A signed-in device makes a link. transfer-accept.ts is for the device that opens it. */
export const transfer: FastifyPluginAsync<{ publicUrl: URL }> = async (app, { publicUrl }) => {
  app.get('/transfer', async (_request, reply) =>
    reply.page('auth/transfer', { title: TITLE, minutes: toMinutes(LINK_LIFETIME) }),
  );

  await app.register(async (reAuthenticated) => {
    requireReAuthentication(reAuthenticated);

    /**
     * Answers 200 with the link, although other forms answer 303: the token is stored nowhere, so a next page could
     * not show it. Loading this answer again makes another link, which does no harm.
     */
    reAuthenticated.post('/transfer', async (request, reply) => {
      await app.rateLimits.countUser(request, 'links');
      const token = randomBytes(32).toString('base64url');
      const lifetime = Math.min(LINK_LIFETIME, remainingLifetime(request.session.created));
      await app.store.links.create(token, grantOf(request), lifetime);
      request.audit('token_created', { purpose: 'transfer' });
      const link = `${publicUrl.origin}/transfer/${token}`;
      return reply.page('auth/transfer', {
        title: TITLE,
        minutes: toMinutes(lifetime),
        made: { link, qr: drawQrCode(link) },
      });
    });
  });

  /** A link must not work longer than the session that makes it. */
  function remainingLifetime(created = 0): number {
    return created + app.lifetimes.sessionAbsolute - app.clock();
  }
};

function toMinutes(milliseconds: number): number {
  return Math.ceil(milliseconds / 60_000);
}
