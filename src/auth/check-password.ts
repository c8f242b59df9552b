import type { FastifyRequest } from 'fastify';
import type { User } from '../database/schema.ts';
import type { Limits } from './limits.ts';
import type { Passwords } from './passwords.ts';

export type CheckPassword = ReturnType<typeof createPasswordCheck>;

/** Beside a password field, whichever form it is on. */
export const wrongPassword = 'This is not your password.';

/** Its failures are counted apart from those of the log-in: strangers who guess there keep nobody out here. */
export function createPasswordCheck(passwords: Passwords, limits: Limits) {
  /**
   * Is this the password of `user`, who is signed in? Wrong ones are counted, and limited.
   * @throws {Problem} slow-down, busy
   */
  return function checkPassword(
    request: FastifyRequest,
    user: User,
    password: string,
  ): Promise<boolean> {
    return passwords.verify(user.passwordHash, password, limits.confirm(request, user));
  };
}
