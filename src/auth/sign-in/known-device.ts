import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { deriveKey } from '../../lib/derived-key.ts';

declare module 'fastify' {
  interface FastifyInstance {
    knownDevices: KnownDevices;
  }
}

export type KnownDevices = ReturnType<typeof createKnownDevices>;

const YEAR_IN_SECONDS = 365 * 86_400;

/**
 * Remembers in which browsers somebody signed in before (OWASP, "Slow Down Online Guessing Attacks with
 * Device Cookies"). Log-ins from a known one have a failure counter of their own, so that strangers who
 * guess at an account cannot keep its owner out. The cookie signs nobody in, and does not say whose it is.
 */
export function createKnownDevices(secrets: string[], { secure }: { secure: boolean }) {
  const keys = secrets.map((secret) => deriveKey(secret, 'known device'));
  const name = secure ? '__Host-known' : 'known';

  return {
    /** Marks this browser as known for the account, once its user has signed in. */
    remember(reply: FastifyReply, account: string): void {
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

    /** @returns what names this browser among those of the account; null where it is not known there */
    recognise(request: FastifyRequest, account: string): string | null {
      const [nonce = '', signature = ''] = request.cookies[name]?.split('.') ?? [];
      const given = Buffer.from(signature, 'base64url');
      const known = keys.some((key) => equal(given, sign(key, account, nonce)));
      return known ? nonce : null;
    },
  };
}

function sign(key: Buffer, account: string, nonce: string): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([account, nonce]))
    .digest();
}

function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
