import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Problem } from '../domain/problem.ts';
import { announceArrival } from './arrivals.ts';
import { signIn } from './sign-in.ts';
import { userOf } from './transfer-grant.ts';

const routeOptions = { schema: { params: Type.Object({ token: Type.String() }) } };

/** The device that opens a link. Looking changes nothing, so that a preview cannot use it up: only the button does. */
export const transferAccept: FastifyPluginAsyncTypebox = async (app) => {
  const { links } = app.state;

  app.addHook('onRequest', async (_request, reply) => {
    // No Referer takes the address along, not even to ourselves. With `no-referrer` the form would come from
    // `Origin: null` (Fetch, 3.2), which is no page of ours where the browser sends no Sec-Fetch-Site.
    reply.header('referrer-policy', 'strict-origin').header('x-robots-tag', 'noindex');
  });

  app.get('/transfer/:token', routeOptions, async (request, reply) => {
    const user = await userOf(app, await links.read(request.params.token));
    if (!user) throw linkUsed(request);
    if (request.user?.id === user.id) return reply.redirect('/', 303);
    return reply.page('auth/transfer-accept', {
      title: 'Continue on this device',
      name: user.name,
    });
  });

  app.post('/transfer/:token', routeOptions, async (request, reply) => {
    // Somebody is signed in here: the page knows what to tell them, and the link stays as it is.
    if (request.user) return reply.redirect(request.url, 303);

    const grant = await links.take(request.params.token);
    const user = await userOf(app, grant);
    // Told first: if the sign-in fails now, its maker was warned for nothing, but never the other way round.
    if (!grant || !user || !(await announceArrival(request, grant.session))) {
      throw linkUsed(request);
    }
    await signIn({ request, reply }, user, { remember: false });
    // A link proves that a device was at hand, not that its user knows the password.
    delete request.session.proved;
    request.audit('authn_login_success', { method: 'transfer' });
    return reply.redirect('/', 303);
  });
};

/** Used up, expired, ended with its session, or never made: nobody needs to know which. */
function linkUsed(request: FastifyRequest): Problem {
  request.audit('token_reuse', { purpose: 'transfer' });
  return new Problem('link-used');
}
