import type { FastifyReply, FastifyRequest } from 'fastify';
import type { User } from '../../database/schema.ts';
import { ownerOf } from '../../store/contract/owner.ts';
import { describeDevice } from '../devices/describe-device.ts';

interface SignInOptions {
  /** The cookie outlives the browser. */
  remember: boolean;
  // shop {
  /** The guest's cart of this browser joins the user's. The default is true. */
  bringsCart?: boolean;
  // } shop
}

/**
 * Signs a user in: the browser of this request becomes one of their devices. The session id rotates, and the lifetime
 * of the session begins again.
 * @throws {StoreUnavailable}
 */
export async function signIn(
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  user: User,
  options: SignInOptions,
): Promise<void> {
  const { clock, lifetimes, knownDevices } = request.server;
  const owner = ownerOf(user);
  const now = clock();

  // The database comes first: when it fails, nothing has changed.
  await knownDevices.markDevice(request, reply, user);

  // shop {
  // docs: merge
  // The merge comes before the rotation: after a crash in between, the lines are in the user's cart and not lost.
  const guest = request.session.owner;
  const bringsCart = guest && guest !== owner && options.bringsCart !== false;
  const joined = bringsCart ? await request.server.store.carts.merge(guest, owner) : undefined;
  // docs: end
  // } shop

  // If another sign-in of this browser has rotated the session meanwhile, `rotateSession` leaves an empty one. So
  // everything is set below.
  await reply.rotateSession();
  const { session } = request;
  session.passport = user.id;
  session.passwordVersion = user.passwordVersion;
  session.created = now;
  session.owner = owner;
  session.device = describeDevice(request, now);
  session.issued = now;
  session.reAuthenticatedAt = now;
  // docs: variable
  // The article sets this variable on its dashboard. Here no GET request changes anything.
  session.variables = { redis_test: 'This is a session variable.' };
  // docs: end
  reply.generateCsrf();
  if (options.remember) {
    session.remember = true;
    session.options({ maxAge: lifetimes.sessionIdle });
  }
  // shop {
  if (joined?.notices.some(({ code }) => code === 'merged')) {
    request.flash('joined', 'Your carts were combined: we added what was in this browser.');
  }
  // } shop
  request.user = user;
  request.audit('session_created');
}
