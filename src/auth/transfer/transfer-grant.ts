import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { User } from '../../database/schema.ts';
import type { Grant } from '../../store/contract/links.ts';
import { ownerOf } from '../../store/contract/owner.ts';

/** Returns what a link of this user allows: signing in as them, while this session and this password are valid. */
export function grantOf({ user, session }: FastifyRequest): Grant {
  return {
    user: user!.id,
    session: session.sessionId,
    password: String(user!.passwordVersion),
  };
}

/**
 * Returns the user whom a grant signs in.
 * @returns null when the account is gone, its password was changed, or the session that made the link has ended
 */
export async function userOf(app: FastifyInstance, grant: Grant | null): Promise<User | null> {
  const user = grant && app.users.find(grant.user);
  if (!user || grant.password !== String(user.passwordVersion)) return null;
  return (await app.store.sessions.has(ownerOf(user), grant.session)) ? user : null;
}
