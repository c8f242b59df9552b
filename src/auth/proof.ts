import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../domain/problem.ts';

declare module 'fastify' {
  interface Session {
    /** When this browser last proved, by the password, who uses it. */
    proved?: number;
  }
  interface FastifyContextConfig {
    /** The page that asks for this: there a proof leads back to. Without it, to the address that was asked for. */
    askedOn?: string;
  }
}

/** How long a proof is good for, in milliseconds. */
const PROOF_LIFETIME = 10 * 60_000;

/** What a session keeps when its id rotates; nothing else survives. */
const kept = [
  'created',
  'passport',
  'passwordVersion',
  'owner',
  'device',
  'remember',
  'variables',
  'flash',
];

/** A guard for a scope: only users who gave their password a short while ago come in. `scope.addHook('preHandler', requireProof)` */
export async function requireProof(request: FastifyRequest, reply: FastifyReply) {
  const { session, server, routeOptions, url } = request;
  if (server.clock() - (session.proved ?? 0) <= PROOF_LIFETIME) return;
  if (request.wantsJson) throw new Problem('confirm-first');
  request.audit('authz_fail', { code: 'confirm-first' });
  const next = routeOptions.config.askedOn ?? url;
  return reply.redirect(`/account/confirm?next=${encodeURIComponent(next)}`, 303);
}

/**
 * After the password was right: the proof begins anew, under another session id (ASVS 5.0, 7.2.4).
 * @throws {Problem} session-gone, where the session was ended meanwhile
 */
export async function renewProof(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const now = request.server.clock();
  request.session.proved = now;
  // Fails for a session that was ended; regenerate() would bring it back.
  await request.session.save();
  await request.session.regenerate([...kept, 'proved']);
  request.session.issued = now;
  reply.generateCsrf();
  request.audit('session_renewed');
}
