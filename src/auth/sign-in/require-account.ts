import type { FastifyReply, FastifyRequest } from 'fastify';
import { SessionGone } from '../../store/contract/errors.ts';

/**
 * Saves the session of a user who has just signed in, and asks once more whether there is their account. It may have
 * been deleted since the password was checked. The deletion removes what was stored before it; what this sign-in has
 * stored is removed here.
 * @throws {SessionGone} when the account is gone
 * @throws {StoreUnavailable}
 */
export async function requireAccount(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { server, session } = request;
  const user = request.user!;
  await session.save();
  if (server.users.find(user.id)) return;
  await reply.endSession();
  for (const data of server.personalData.values()) await data.remove(user);
  throw new SessionGone();
}
