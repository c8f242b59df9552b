import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { User } from '../../database/schema.ts';
import { networkOf, widestBlock } from '../../lib/address.ts';
import { canonicalEmail } from '../../lib/email-address.ts';
import { failureLimits } from '../../store/contract/limits.ts';
import type { Asker, Attempt } from '../password/passwords.ts';

export type Limits = ReturnType<typeof createLimits>;

/**
 * The limits of all forms that have a password. Each request counts for its address, and for its user if somebody is
 * signed in. Wrong passwords make the next attempt wait.
 */
export function createLimits({ store, rateLimits, knownDevices }: FastifyInstance) {
  const counted = new WeakMap<FastifyRequest, Promise<void>>();

  /** A request that hashes twice counts once. */
  function countOnce(request: FastifyRequest): Promise<void> {
    const count = counted.get(request) ?? countRequest(request);
    counted.set(request, count);
    return count;
  }

  async function countRequest(request: FastifyRequest): Promise<void> {
    if (request.user) await rateLimits.countUser(request, 'passwords');
    await rateLimits.countAddress(request, 'address');
  }

  function createAsker(request: FastifyRequest, account: string[], isKnown: boolean): Asker {
    return {
      names: [...account, `block:${widestBlock(request.ip)}`],
      isKnown,
      count: () => countOnce(request),
    };
  }

  /** @param kind the kind of the counter, for the log @param source the network, when it has failures of its own */
  function createAttempt(
    request: FastifyRequest,
    kind: string,
    account: string,
    source?: string,
  ): Attempt {
    const counter = rateLimits.hashName(`${kind}:${account}`);
    let failures = 0;

    return {
      async begin() {
        const { wait, failures: counted } = await store.limits.attempt(counter, source);
        if (wait > 0) rateLimits.refuse(request, kind, wait);
        failures = counted;
      },
      async end(right) {
        if (right) {
          await store.limits.forgive(counter, source);
          const event = failures > 1 ? 'authn_login_successafterfail' : 'authn_login_success';
          request.audit(event, { failures: failures - 1 });
          return;
        }
        request.audit('authn_login_fail', { counter, failures });
        // There is a delay after this failure. A failure after the end of the list has the longest delay.
        if (failureLimits.delays[failures - 1] !== 0)
          request.audit('authn_login_lock', { counter });
      },
    };
  }

  return {
    /** Returns who asks for a new password to be hashed: the user, or a guest who signs up. */
    asker: (request: FastifyRequest): Asker =>
      createAsker(request, request.user ? [accountOf(request.user.email)] : [], !!request.user),

    /**
     * Returns who asks to log in, and the attempt. An e-mail address without an account has counters too, so that the
     * limit does not reveal which addresses have one.
     *
     * All devices that the account knows share one counter, which no stranger can use. Attempts from other devices
     * count for the account and the network together, so that a stranger makes only their own network wait. The
     * contract of the store says when the networks of an account wait for each other.
     */
    logIn(request: FastifyRequest, email: string, user: User | undefined) {
      const isKnown = user !== undefined && knownDevices.isKnown(request, user);
      const network = rateLimits.hashName(`network:${networkOf(request.ip)}`);
      const attempt = isKnown
        ? createAttempt(request, 'device', user.id)
        : createAttempt(request, 'account', canonicalEmail(email), network);
      return { asker: createAsker(request, [accountOf(email)], isKnown), attempt };
    },

    /** Returns the same for a signed-in user who enters the password again. A stranger cannot use this counter. */
    reAuthentication: (request: FastifyRequest, user: User) => ({
      asker: createAsker(request, [accountOf(user.email)], true),
      attempt: createAttempt(request, 'confirm', user.id),
    }),
  };
}

function accountOf(email: string): string {
  return `account:${canonicalEmail(email)}`;
}
