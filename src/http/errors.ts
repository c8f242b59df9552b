import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { BrokenFile, DataUnavailable } from '../lib/data-unavailable.ts';
import type { FieldOnPage, Form } from '../lib/forms/form.ts';
import { Problem, type ProblemCode } from '../lib/problem.ts';
import { pleaseWait } from '../lib/wait.ts';
import { SessionFull, SessionGone } from '../store/contract/errors.ts';
import { errorAnswers } from './error-answers.ts';

interface FormAgain {
  action: string;
  fields: { field: FieldOnPage; value: unknown }[];
}

declare module '../rendering/views.ts' {
  interface Views {
    'errors/error': {
      advice: string;
      code: ProblemCode;
      requestId: string;
      /** What was wrong with single fields. */
      messages: string[];
      /** An expired form, to be sent again. */
      form: FormAgain | null;
      /** The page with the form that was refused, to be filled in again. */
      formPage: string | null;
    };
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The form of a POST route. An expired form is shown again with its fields. */
    form?: Form;
  }
}

/** The default for `Retry-After`, in seconds. */
export const RETRY_AFTER_SECONDS = 2;
/** A body up to this size is read to its end although it is too large, in bytes. */
const MOST_DRAINED = 10 * 1024 * 1024;

/** Errors of Fastify, its plugins and the system -> our codes. */
const codesOfOthers: Record<string, ProblemCode> = {
  FST_CSRF_MISSING_SECRET: 'form-expired',
  FST_CSRF_INVALID_TOKEN: 'form-expired',
  FST_ERR_VALIDATION: 'invalid',
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-type',
  FST_ERR_NOT_FOUND: 'not-found',
  // There is no file descriptor left, for a file or for a thread.
  EMFILE: 'unavailable',
  ENFILE: 'unavailable',
  ERR_WORKER_INIT_FAILED: 'unavailable',
};

/** The one place where errors become answers. */
export default plugin(
  async (app) => {
    // A route keeps the error handler that there is when it is added, and Fastify's own knows none of our errors.
    if (app.routeList.length > 0)
      throw new Error('Register http/errors.ts before the first route.');

    app.setErrorHandler((error: FastifyError, request, reply) => {
      const code = codeOf(error);
      logError(code, error, request);
      return sendError(code, error, request, reply);
    });
  },
  { name: 'errors', dependencies: ['route-list'] },
);

/** For the scope that has sessions, so that the 404 page knows who is asking. */
export async function notFound() {
  throw new Problem('not-found');
}

function codeOf(error: FastifyError): ProblemCode {
  if (error instanceof Problem) return error.code;
  if (error instanceof DataUnavailable) {
    return error.cause instanceof BrokenFile ? 'damaged' : 'unavailable';
  }
  if (error instanceof SessionGone) return 'session-gone';
  if (error instanceof SessionFull) return 'too-large';
  const known = codesOfOthers[error.code];
  if (known) return known;
  const status = error.statusCode ?? 500;
  return status >= 400 && status < 500 ? 'bad-request' : 'internal';
}

function logError(code: ProblemCode, error: FastifyError, request: FastifyRequest): void {
  const { event } = errorAnswers[code];
  const origin = request.headers.origin ?? 'none';
  if (event) request.audit(event, { code, fault: error.code, origin });
  // A problem of ours needs no stack trace. An error of a library may be a bug, and needs its cause.
  if (error instanceof Problem) {
    if (!event) request.log.info(code);
    return;
  }
  const level = code === 'internal' ? 'error' : errorAnswers[code].status === 503 ? 'warn' : 'info';
  request.log[level]({ err: error }, code);
}

function sendError(code: ProblemCode, error: Error, request: FastifyRequest, reply: FastifyReply) {
  const { status, title } = errorAnswers[code];
  const wait = error instanceof Problem ? error.retryAfter : undefined;
  const fields = error instanceof Problem ? error.fields : undefined;
  // The form was answered already, and then its session could not be saved.
  const isDone = code === 'session-gone' && reply.hasHeader('location');
  const said = isDone ? 'Please sign in to see what was saved.' : errorAnswers[code].advice;
  const advice = wait ? `${said} ${pleaseWait(wait)}` : said;
  // The answer may have been a redirect until its session could not be saved.
  reply.code(status).removeHeader('location');
  // A browser reads no answer before it has sent its form, so the rest of the form is read, up to a limit.
  const length = Number(request.headers['content-length'] ?? Infinity);
  if (status === 413 && length <= MOST_DRAINED) reply.header('connection', 'keep-alive');
  if (wait || status === 503) reply.header('retry-after', wait ?? RETRY_AFTER_SECONDS);

  if (request.wantsJson) {
    return reply.type('application/problem+json').header('cache-control', 'no-store').send({
      type: 'about:blank',
      title,
      status,
      detail: advice,
      code,
      errors: fields,
      requestId: request.id,
    });
  }

  try {
    return reply.page('errors/error', {
      title,
      advice,
      code,
      requestId: request.id,
      messages: Object.values(fields ?? {}),
      form: code === 'form-expired' ? formAgain(request) : null,
      formPage: code === 'cross-site' ? formPageOf(request) : null,
    });
  } catch (broken) {
    request.log.error({ err: broken }, 'the error page itself failed');
    return reply.type('text/plain').send(`${STATUS_CODES[status]}. Request ${request.id}\n`);
  }
}

/**
 * Nothing of a form that another site may have filled in is shown. After Back, a browser may send our own form again as
 * if it came from the other site, so there is a way to the form.
 */
function formPageOf({ method, url, routeOptions }: FastifyRequest): string | null {
  if (method !== 'POST' || routeOptions.url === undefined) return null;
  const page = routeOptions.config.offeredOn ?? url.split('?', 1)[0]!;
  // An address that begins with two slashes would lead to another site.
  return page.startsWith('//') ? null : page;
}

/** An expired form comes back filled in, without its secret fields. */
function formAgain({ url, body, routeOptions }: FastifyRequest): FormAgain | null {
  const { form } = routeOptions.config;
  if (!form) return null;
  const values = (body ?? {}) as Record<string, unknown>;
  const fields = Object.values(form.fields).map((field) => ({
    field,
    value: field.secret ? '' : values[field.name],
  }));
  return { action: url.split('?', 1)[0]!, fields };
}
