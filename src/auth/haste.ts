import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Problem, type FieldErrors } from '../domain/problem.ts';
import { pleaseWait } from '../domain/wait.ts';

type FormPage = (reply: FastifyReply, values: object, errors: FieldErrors) => FastifyReply;

/**
 * An error handler for a form with a password: whoever tried too often, or while too many others did, gets it back
 * filled in, with the time to wait.
 */
export function formAfterHaste(page: FormPage) {
  return async (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    if (!(error instanceof Problem && error.retryAfter) || request.wantsJson) throw error;
    const busy = error.code === 'busy';
    reply.code(busy ? 503 : 429).header('retry-after', error.retryAfter);
    const why = busy ? 'We are very busy.' : 'There were too many tries.';
    return page(reply, request.body as object, {
      password: `${why} ${pleaseWait(error.retryAfter)}`,
    });
  };
}
