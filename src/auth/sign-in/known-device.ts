import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { deriveKey } from '../../lib/derived-key.ts';
import { cookieNameOf } from '../../session/cookie-names.ts';

declare module 'fastify' {
  interface FastifyInstance {
    knownDevices: KnownDevices;
  }
}

export type KnownDevices = ReturnType<typeof createKnownDevices>;

const YEAR_IN_SECONDS = 365 * 86_400;

/**
 * Marks the browsers in which a user has signed in with a cookie (OWASP, "Slow Down Online Guessing Attacks with Device
 * Cookies"). Log-ins from a marked browser have a failure counter of their own, so that a stranger who guesses the
 * password cannot lock the user out. The cookie signs nobody in, and does not contain the account.
 * @param secrets the first one signs, all of them verify
 */
export function createKnownDevices(secrets: string[], publicUrl: URL) {
  const keys = secrets.map((secret) => deriveKey(secret, 'known device'));
  const name = cookieNameOf('known', publicUrl);
  const secure = publicUrl.protocol === 'https:';

  return {
    /** The name of the cookie. */
    cookieName: name,

    /** Sets the cookie after a user has signed in. @param account the id of the user */
    markDevice(reply: FastifyReply, account: string): void {
      const nonce = randomBytes(16).toString('base64url');
      const value = `${nonce}.${sign(keys[0]!, account, nonce).toString('base64url')}`;
      reply.setCookie(name, value, {
        path: '/',
        secure,
        httpOnly: true,
        sameSite: 'strict',
        maxAge: YEAR_IN_SECONDS,
      });
    },

    /** @returns a random name for this browser; null when the cookie is missing, not valid, or of another account */
    findDevice(request: FastifyRequest, account: string): string | null {
      const [nonce = '', signature = ''] = request.cookies[name]?.split('.') ?? [];
      const given = Buffer.from(signature, 'base64url');
      const isKnown = keys.some((key) => isEqual(given, sign(key, account, nonce)));
      return isKnown ? nonce : null;
    },
  };
}

function sign(key: Buffer, account: string, nonce: string): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([account, nonce]))
    .digest();
}

function isEqual(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
