import type { FastifyReply } from 'fastify';
import type { FieldErrors } from '../domain/problem.ts';

/** A form that comes back with errors is a 422, but for one that haste.ts sends back: that is a 429 or 503 already. */
export function withFormStatus(reply: FastifyReply, errors: FieldErrors): FastifyReply {
  const isWrong = Object.keys(errors).length > 0;
  return isWrong && reply.statusCode === 200 ? reply.code(422) : reply;
}
