import type { FastifyRequest } from 'fastify';
import { SessionGone } from '../store/contract/errors.ts';
import { ownerOf } from '../store/contract/owner.ts';

/**
 * Checks that the session of a request still exists. It is for routes that change something outside the session. The
 * session was loaded before the body of the form arrived, which may take seconds. Another device may have ended it
 * since.
 * @throws {SessionGone}
 */
export async function requireLiveSession({ server, session, user }: FastifyRequest): Promise<void> {
  const isAlive = await server.store.sessions.has(ownerOf(user!), session.sessionId);
  if (!isAlive) throw new SessionGone();
}
