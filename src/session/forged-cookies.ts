import type { FastifyRequest } from 'fastify';
import type { Clock } from '../store/contract/lifetimes.ts';

/** Time between two events, in milliseconds. Anybody can send forged cookies, and must not fill the log with them. */
const INTERVAL = 60_000;

/** Returns a function that reports a session cookie with a wrong signature. Each event says how many have come. */
export function createForgeryReports(clock: Clock): (request: FastifyRequest) => void {
  let reported = -Infinity;
  let count = 0;

  return (request) => {
    count += 1;
    // The absolute value, so that a clock that was set back does not silence the reports.
    if (Math.abs(clock() - reported) < INTERVAL) return;
    request.audit('input_validation_fail', { code: 'forged-session-cookie', count });
    reported = clock();
    count = 0;
  };
}
