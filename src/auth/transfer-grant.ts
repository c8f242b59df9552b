import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { User } from '../database/schema.ts';
import type { Grant } from '../state/contract.ts';

/** What a link of whoever asks allows: to sign in as them, while they are signed in here under this password. */
export function grantOf({ user, session }: FastifyRequest): Grant {
  return {
    user: user!.id,
    session: session.sessionId,
    password: String(user!.passwordVersion),
  };
}

/**
 * Whom does a grant sign in?
 * @returns null where the account is gone, its password was changed, or the session that made the link has ended
 */
export async function userOf(app: FastifyInstance, grant: Grant | null): Promise<User | null> {
  const user = grant && app.users.find(grant.user);
  if (!user || grant.password !== String(user.passwordVersion)) return null;
  return (await app.state.sessions.has(`user-${user.id}`, grant.session)) ? user : null;
}
