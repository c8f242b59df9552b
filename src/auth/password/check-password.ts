import type { FastifyRequest } from 'fastify';
import { invalid } from '../../lib/problem.ts';
import type { Limits } from '../sign-in/limits.ts';
import type { Passwords } from './passwords.ts';

export type CheckPassword = ReturnType<typeof createPasswordCheck>;

interface CheckOptions {
  /** The field beside which a wrong password is reported. */
  field?: string;
  onWrong?: () => void;
}

/**
 * Creates the check for forms that ask a signed-in user for the password. Its failures are counted separately from
 * those of the log-in, so that a stranger who guesses at the log-in cannot lock the user out here.
 */
export function createPasswordCheck(passwords: Passwords, limits: Limits) {
  /**
   * Checks the password of the user who sends the request. Wrong ones are counted and limited.
   * @throws {Problem} invalid, slow-down, busy
   */
  return async function checkPassword(
    request: FastifyRequest,
    password: string,
    { field = 'password', onWrong }: CheckOptions = {},
  ): Promise<void> {
    const user = request.user!;
    const { asker, attempt } = limits.reAuthentication(request, user);
    if (await passwords.verify(user.passwordHash, password, asker, attempt)) return;
    onWrong?.();
    throw invalid({ [field]: 'That password is incorrect.' });
  };
}
