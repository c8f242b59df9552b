import type { FastifyRequest } from 'fastify';
import { Problem } from '../domain/problem.ts';

/**
 * A guard for routes that change more than the session: it was loaded before the form came in, which may take
 * seconds, and may have been ended from another device meanwhile.
 * @throws {Problem} session-gone
 */
export async function requireLiveSession({ server, session, user }: FastifyRequest): Promise<void> {
  const isAlive = await server.state.sessions.has(`user-${user!.id}`, session.sessionId);
  if (!isAlive) throw new Problem('session-gone');
}
