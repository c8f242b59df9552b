import { createHmac } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { User } from '../../database/schema.ts';
import { normalizeEmail } from '../../database/users.ts';
import { Problem } from '../../lib/problem.ts';
import { failureLimits, type Limits as LimitStore } from '../../store/contract/limits.ts';
import { addressBlock } from '../../lib/address.ts';
import { deriveKey } from '../../lib/derived-key.ts';
import type { KnownDevices } from './known-device.ts';
import type { Attempt } from '../password/passwords.ts';

export type Limits = ReturnType<typeof createLimits>;

interface Options {
  store: LimitStore;
  /** In a minute; 0 for no limit. */
  perAddress: number;
  knownDevices: KnownDevices;
  secret: string;
}

const MINUTE = 60_000;

/** How often something may be tried: from one address, and against one account. What is refused costs no hash. */
export function createLimits({ store, perAddress, knownDevices, secret }: Options) {
  const key = deriveKey(secret, 'limits');

  /** Addresses are few enough to try them all: a keyed hash, so that the store tells nobody who was here. */
  const hide = (name: string) => createHmac('sha256', key).update(name).digest('base64url');

  function refuse(request: FastifyRequest, limit: string, wait: number): never {
    const retryAfter = Math.ceil(wait / 1000);
    request.audit('excess_rate_limit_exceeded', { limit, retryAfter });
    throw new Problem('slow-down', { retryAfter });
  }

  /** @param name of the counter: `kind:whose` */
  function attempt(request: FastifyRequest, name: string): Attempt {
    const counter = hide(name);
    let failures = 0;

    return {
      async begin() {
        const { wait, failures: counted } = await store.attempt(counter);
        if (wait > 0) refuse(request, name.split(':', 1)[0]!, wait);
        failures = counted;
      },
      async end(right) {
        if (right) {
          await store.forgive(counter);
          const event = failures > 1 ? 'authn_login_successafterfail' : 'authn_login_success';
          request.audit(event, { failures: failures - 1 });
          return;
        }
        request.audit('authn_login_fail', { counter, failures });
        // Beyond the free ones, and beyond the list, there is a wait.
        if (failureLimits.delays[failures - 1] !== 0)
          request.audit('authn_login_lock', { counter });
      },
    };
  }

  return {
    /** One sign-in, sign-up or the like from this address. @throws {Problem} slow-down */
    async visit(request: FastifyRequest): Promise<void> {
      if (perAddress === 0) return;
      const address = hide(`address:${addressBlock(request.ip)}`);
      const wait = await store.use(address, perAddress, MINUTE);
      if (wait > 0) refuse(request, 'address', wait);
    },

    /**
     * A log-in with this e-mail address, whether it has an account (`user`) or not.
     * Its beginning throws slow-down.
     */
    logIn(request: FastifyRequest, email: string, user: User | undefined): Attempt {
      const device = knownDevices.recognise(request, user?.id ?? '');
      return attempt(request, device ? `device:${device}` : `account:${normalizeEmail(email)}`);
    },

    /** The password asked again of somebody signed in. Strangers do not reach this counter. */
    reAuthentication: (request: FastifyRequest, user: User): Attempt =>
      attempt(request, `confirm:${user.id}`),
  };
}
