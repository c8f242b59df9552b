import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { setAccess } from '../http/route-list.ts';
import { Problem } from '../lib/problem.ts';
import { SessionGone } from '../store/contract/errors.ts';

declare module 'fastify' {
  interface Session {
    /** When the user of this browser last gave the password, in milliseconds. */
    reAuthenticatedAt?: number;
  }
}

/** How long a given password counts, in milliseconds. */
export const RE_AUTHENTICATION_LIFETIME = 10 * 60_000;

/** Opens a scope for users only to those who gave their password within `RE_AUTHENTICATION_LIFETIME`. */
export function requireReAuthentication(scope: FastifyInstance): void {
  setAccess(scope, { reAuthentication: true });
  scope.addHook('preHandler', checkReAuthentication);
}

async function checkReAuthentication(request: FastifyRequest, reply: FastifyReply) {
  const { session, server, routeOptions, url } = request;
  const age = server.clock() - (session.reAuthenticatedAt ?? 0);
  if (age <= RE_AUTHENTICATION_LIFETIME) return;
  if (request.wantsJson) throw new Problem('re-authenticate-first');
  request.audit('authz_fail', { code: 're-authenticate-first' });
  // After the password was given, the user comes back to the page that has the form.
  const next = routeOptions.config.offeredOn ?? url;
  return reply.redirect(`/account/confirm?next=${encodeURIComponent(next)}`, 303);
}

/**
 * Notes that the user has just given the right password, and rotates the session id (ASVS 5.0, 7.2.4).
 * @throws {SessionGone} when the session was ended in the meantime
 * @throws {Error} on a route without `answersRepeats`: a double click would sign the user out
 */
export async function noteReAuthentication(
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { config, url } = request.routeOptions;
  if (!config.answersRepeats)
    throw new Error(`${url} rotates the session and does not answer repeats.`);
  request.session.reAuthenticatedAt = request.server.clock();
  if (!(await reply.rotateSession())) throw new SessionGone();
  reply.generateCsrf();
  request.audit('session_renewed');
}
