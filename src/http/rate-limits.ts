import { createHmac } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { addressBlocks } from '../lib/address.ts';
import { deriveKey } from '../lib/derived-key.ts';
import { Problem, type ProblemCode } from '../lib/problem.ts';
import type { Config } from '../settings/config.ts';

declare module 'fastify' {
  interface FastifyInstance {
    rateLimits: RateLimits;
  }
}

export interface RateLimits {
  /**
   * Counts one request of a kind from this address, and from the wider blocks around it.
   * @param code what the person is told
   * @throws {Problem} after `LIMIT_PER_ADDRESS` requests a minute
   */
  countAddress(request: FastifyRequest, kind: string, code?: ProblemCode): Promise<void>;
  /** Counts one use by the user of this request. @throws {Problem} slow-down, when there were too many */
  countUser(request: FastifyRequest, kind: UserLimit): Promise<void>;
  /** Forgets what was counted of a user whose account is deleted. @throws {StoreUnavailable} */
  forgetUser(user: { id: string }): Promise<void>;
  /** Returns the name of a counter. It has a keyed hash, because anybody could try all addresses against a plain one. */
  hashName(name: string): string;
  /** Logs that a limit is reached. @param wait in milliseconds @throws {Problem} */
  refuse(request: FastifyRequest, limit: string, wait: number, code?: ProblemCode): never;
}

const MINUTE = 60_000;

/** How often a signed-in user may do something: `most` times in `window` milliseconds. */
export const userLimits = {
  /** Giving the password, right or wrong. */
  passwords: { most: 30, window: MINUTE },
  /** Choosing another e-mail address. The answer tells whether there is an account with it. */
  email: { most: 5, window: 60 * MINUTE },
  /** Making links for other devices. A link works for ten minutes. */
  links: { most: 10, window: 10 * MINUTE },
} as const;

type UserLimit = keyof typeof userLimits;

/** The rate limits. A request over a limit is refused before any work is done for it. */
export default plugin<{ config: Config }>(
  async (app, { config }) => {
    const { limitPerAddress, secrets } = config;
    const key = deriveKey(secrets[0]!, 'limits');

    const limits: RateLimits = {
      async countAddress(request, kind, code) {
        if (limitPerAddress === 0) return;
        // The narrowest block is counted first. What it refuses takes nothing away from its neighbours.
        for (const { block, share } of addressBlocks(request.ip)) {
          const name = limits.hashName(`${kind}:${block}`);
          const wait = await app.store.limits.use(name, limitPerAddress * share, MINUTE);
          if (wait > 0) limits.refuse(request, kind, wait, code);
        }
      },

      async countUser(request, kind) {
        const { most, window } = userLimits[kind];
        const name = nameOf(kind, request.user!);
        const wait = await app.store.limits.use(name, most, window);
        if (wait > 0) limits.refuse(request, kind, wait);
      },

      async forgetUser(user) {
        const kinds = Object.keys(userLimits) as UserLimit[];
        await Promise.all(kinds.map((kind) => app.store.limits.clear(nameOf(kind, user))));
      },

      hashName: (name) => createHmac('sha256', key).update(name).digest('base64url'),

      refuse(request, limit, wait, code = 'slow-down') {
        const retryAfter = Math.ceil(wait / 1000);
        request.audit('excess_rate_limit_exceeded', { limit, retryAfter });
        throw new Problem(code, { retryAfter });
      },
    };
    const nameOf = (kind: UserLimit, { id }: { id: string }) => limits.hashName(`${kind}:${id}`);
    app.decorate('rateLimits', { getter: () => limits });
  },
  { name: 'rate-limits', dependencies: ['security-log', 'store'] },
);
