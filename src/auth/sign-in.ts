import type { FastifyReply, FastifyRequest } from 'fastify';
import type { User } from '../database/schema.ts';
import { describeDevice } from './device.ts';

/**
 * Makes the browser of this request a device of `user`: the id rotates, and nothing of the old session
 * survives but the guest's cart, which joins the user's.
 * @throws {StateUnavailable}
 */
export async function signIn(
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  user: User,
  { remember }: { remember: boolean },
): Promise<void> {
  const { state, clock, lifetimes, knownDevices } = request.server;
  const owner = `user-${user.id}` as const;
  const guest = request.session.owner;

  // First the merge, then the rotation: a crash in between leaves the lines in the user's cart, never nowhere.
  if (guest && guest !== owner) await state.carts.merge(guest, owner);
  await request.logIn(user);

  request.audit('session_created');

  const { session } = request;
  session.owner = owner;
  session.passwordVersion = user.passwordVersion;
  session.device = describeDevice(request, clock());
  session.issued = clock();
  session.proved = clock();
  // As in the article, whose dashboard sets it: here no GET changes anything.
  session.variables = { redis_test: 'This is a session variable.' };
  reply.generateCsrf();
  knownDevices.remember(reply, user.id);
  if (remember) {
    session.remember = true;
    session.options({ maxAge: lifetimes.sessionIdle });
  }
}
