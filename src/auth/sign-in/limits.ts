import { createHmac } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { User } from '../../database/schema.ts';
import { Problem } from '../../lib/problem.ts';
import { failureLimits, type Limits as LimitStore } from '../../store/contract/limits.ts';
import { addressBlock } from '../../lib/address.ts';
import { canonicalEmail } from '../../lib/email-address.ts';
import { deriveKey } from '../../lib/derived-key.ts';
import type { KnownDevices } from './known-device.ts';
import type { Attempt } from '../password/passwords.ts';

export type Limits = ReturnType<typeof createLimits>;

interface Options {
  store: LimitStore;
  /** Requests a minute from one address; 0 for no limit. */
  perAddress: number;
  knownDevices: KnownDevices;
  secret: string;
}

const MINUTE = 60_000;

/**
 * The rate limits for sign-in and similar forms: one for each address and one for each account. A request over the
 * limit is refused before the password is hashed.
 */
export function createLimits({ store, perAddress, knownDevices, secret }: Options) {
  const key = deriveKey(secret, 'limits');

  /** The hash has a key, because somebody with a copy of the store could try all addresses against a plain hash. */
  const hashName = (name: string) => createHmac('sha256', key).update(name).digest('base64url');

  function refuse(request: FastifyRequest, limit: string, wait: number): never {
    const retryAfter = Math.ceil(wait / 1000);
    request.audit('excess_rate_limit_exceeded', { limit, retryAfter });
    throw new Problem('slow-down', { retryAfter });
  }

  /** @param name the name of the counter: its kind, a colon, and the account or device */
  function createAttempt(request: FastifyRequest, name: string): Attempt {
    const counter = hashName(name);
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
        // There is a delay after this failure. A failure after the end of the list has the longest delay.
        if (failureLimits.delays[failures - 1] !== 0)
          request.audit('authn_login_lock', { counter });
      },
    };
  }

  return {
    /** Counts one sign-in, sign-up or similar request from this address. @throws {Problem} slow-down */
    async countRequest(request: FastifyRequest): Promise<void> {
      if (perAddress === 0) return;
      const address = hashName(`address:${addressBlock(request.ip)}`);
      const wait = await store.use(address, perAddress, MINUTE);
      if (wait > 0) refuse(request, 'address', wait);
    },

    /**
     * Returns the attempt of a log-in. An e-mail address without an account has a counter too, so that the limit does
     * not reveal which addresses have one.
     */
    logIn(request: FastifyRequest, email: string, user: User | undefined): Attempt {
      const device = knownDevices.findDevice(request, user?.id ?? '');
      const name = device ? `device:${device}` : `account:${canonicalEmail(email)}`;
      return createAttempt(request, name);
    },

    /** Returns the attempt of a signed-in user who enters the password again. A stranger cannot use this counter. */
    reAuthentication: (request: FastifyRequest, user: User): Attempt =>
      createAttempt(request, `confirm:${user.id}`),
  };
}
