import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { User } from '../../database/schema.ts';
import type { Users } from '../../database/users.ts';
import { deriveKey } from '../../lib/derived-key.ts';
import { cookieNameOf } from '../../session/cookie-names.ts';

declare module 'fastify' {
  interface FastifyInstance {
    knownDevices: KnownDevices;
  }
}

export type KnownDevices = ReturnType<typeof createKnownDevices>;

const YEAR_IN_SECONDS = 365 * 86_400;
/** How many devices an account knows. One more, and the one that was marked first is forgotten. */
export const MOST_KNOWN = 10;

interface Options {
  /** The first one signs, all of them verify. */
  secrets: string[];
  publicUrl: URL;
  users: Users;
}

/**
 * Marks the browsers in which a user has signed in with a cookie (OWASP, "Slow Down Online Guessing Attacks with Device
 * Cookies"). Log-ins from marked browsers have a failure counter of their own, so that a stranger who guesses the
 * password cannot lock the user out. The cookie has the number of the device and a signature. It signs nobody in, does
 * not contain the account, and is worthless after a new password.
 */
export function createKnownDevices({ secrets, publicUrl, users }: Options) {
  const keys = secrets.map((secret) => deriveKey(secret, 'known device'));
  const name = cookieNameOf('known', publicUrl);
  const secure = publicUrl.protocol === 'https:';

  /** Returns the number of this browser among the devices of a user; null when the user does not know it. */
  function findDevice(request: FastifyRequest, user: User): number | null {
    const [digits = '', signature = ''] = request.cookies[name]?.split('.') ?? [];
    const number = Number(digits);
    const given = Buffer.from(signature, 'base64url');
    const isSigned = keys.some((key) => isEqual(given, sign(key, user, number)));
    return isSigned && number > user.devicesMarked - MOST_KNOWN ? number : null;
  }

  return {
    /** The name of the cookie. */
    cookieName: name,

    /**
     * Sets the cookie for a user who signs in, or who has a new password. A browser that is known keeps its number.
     * @param before the user as the cookie of the request knows them
     */
    async markDevice(request: FastifyRequest, reply: FastifyReply, user: User, before = user) {
      const number = findDevice(request, before) ?? (await users.markDevice(user.id));
      const signature = sign(keys[0]!, user, number).toString('base64url');
      reply.setCookie(name, `${number}.${signature}`, {
        path: '/',
        secure,
        httpOnly: true,
        sameSite: 'strict',
        maxAge: YEAR_IN_SECONDS,
      });
    },

    /** Returns false when the cookie is missing, not valid, too old, of another account or of another password. */
    isKnown: (request: FastifyRequest, user: User): boolean => findDevice(request, user) !== null,
  };
}

function sign(key: Buffer, { id, passwordVersion }: User, number: number): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([id, passwordVersion, number]))
    .digest();
}

function isEqual(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
