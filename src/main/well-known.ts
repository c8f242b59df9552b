import type { FastifyPluginAsync } from 'fastify';

/** In milliseconds. */
const HALF_A_YEAR = 180 * 24 * 60 * 60 * 1000;

/**
 * /.well-known/security.txt tells people where to report a vulnerability (RFC 9116). /.well-known/change-password leads
 * password managers to the form (w3c.github.io/webappsec-change-password-url).
 */
export const wellKnown: FastifyPluginAsync<{ publicUrl: URL }> = async (app, { publicUrl }) => {
  const stateless = { config: { withoutStore: true } };

  app.get('/.well-known/security.txt', stateless, async (_request, reply) => {
    const expires = new Date(app.clock() + HALF_A_YEAR);
    const lines = [
      // RFC 2142 reserves this mailbox for security reports.
      `Contact: mailto:security@${publicUrl.hostname}`,
      `Expires: ${expires.toISOString()}`,
      `Canonical: ${publicUrl.origin}/.well-known/security.txt`,
      'Preferred-Languages: en',
    ];
    return reply.type('text/plain; charset=utf-8').send(`${lines.join('\n')}\n`);
  });

  app.get('/.well-known/change-password', stateless, async (_request, reply) =>
    reply.redirect('/account', 303),
  );
};
