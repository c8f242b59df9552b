import type { FastifyRequest } from 'fastify';
import { SessionGone } from '../store/contract/errors.ts';
import { ownerOf } from '../store/contract/owner.ts';

/**
 * A guard for routes that change more than the session. The session was loaded before the form came in, which may take
 * seconds, and another device may have ended it since.
 * @throws {SessionGone}
 */
export async function requireLiveSession({ server, session, user }: FastifyRequest): Promise<void> {
  const isAlive = await server.store.sessions.has(ownerOf(user!), session.sessionId);
  if (!isAlive) throw new SessionGone();
}
