import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { maskEmail } from '../../lib/mask-email.ts';
import { Problem } from '../../lib/problem.ts';
import { requireAccount } from '../sign-in/require-account.ts';
import { signIn } from '../sign-in/sign-in.ts';
import { leaveNewDeviceNotice } from './new-device-notices.ts';
import { userOf } from './transfer-grant.ts';

declare module '../../rendering/views.ts' {
  interface Views {
    /** The user whose link it is. The maker of the link has chosen the name, so the address is shown too. */
    'auth/transfer-accept': { name: string; address: string };
  }
}

const schema = { params: Type.Object({ token: Type.String() }) };

/**
 * The device that opens a link. Opening it changes nothing, so that a preview cannot use it up; only the button does.
 */
export const transferAccept: FastifyPluginAsyncTypebox = async (app) => {
  const { links } = app.store;

  app.addHook('onRequest', async (_request, reply) => {
    // No Referer contains the token, not even on our own pages. With `no-referrer` the form would be sent with
    // `Origin: null` (Fetch, 3.2), and it would be refused where the browser sends no Sec-Fetch-Site.
    reply.header('referrer-policy', 'strict-origin').header('x-robots-tag', 'noindex');
  });

  app.get('/transfer/:token', { schema }, async (request, reply) => {
    const user = await userOf(app, await links.read(request.params.token));
    if (!user) throw linkUsed(request);
    if (request.user?.id === user.id) return reply.redirect('/', 303);
    return reply.page('auth/transfer-accept', {
      title: 'Continue on this device',
      name: user.name,
      address: maskEmail(user.email),
    });
  });

  app.post(
    '/transfer/:token',
    { schema, config: { answersRepeats: true } },
    async (request, reply) => {
      // Somebody is signed in here. The page tells them what to do, and the link stays usable.
      if (request.user) return reply.redirect(request.url, 303);

      const grant = await links.take(request.params.token);
      const user = await userOf(app, grant);
      // The notice comes before the sign-in. If the sign-in then fails, the notice was wrong, but no sign-in is without
      // one.
      if (!grant || !user || !(await leaveNewDeviceNotice(request, grant.session))) {
        throw linkUsed(request);
      }
      await signIn({ request, reply }, user, {
        remember: false,
        bringsCart: isChecked(request, 'cart'), // shop
      });
      // A link shows that a person has the other device, not that the person knows the password.
      delete request.session.reAuthenticatedAt;
      await requireAccount(request, reply);
      request.audit('authn_login_success', { method: 'transfer' });
      return reply.redirect('/', 303);
    },
  );
};

// shop {
function isChecked({ body }: FastifyRequest, name: string): boolean {
  return Object.hasOwn(body ?? {}, name);
}
// } shop

/** The link is used up, expired, ended with its session, or was never made. The answer is the same for all of them. */
function linkUsed(request: FastifyRequest): Problem {
  request.audit('token_reuse', { purpose: 'transfer' });
  return new Problem('link-used');
}
