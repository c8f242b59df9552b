import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { Problem, type ProblemCode } from '../domain/problem.ts';
import { pleaseWait } from '../domain/wait.ts';
import { SessionEnded, StateUnavailable } from '../state/contract.ts';
import type { SecurityEvent } from './security-log.ts';

interface Answer {
  status: number;
  /** Says what happened. */
  title: string;
  /** Says what to do about it, and nothing that helps an attacker. */
  advice: string;
  /** Its word in the security log, where somebody may have tried to get around a check. */
  event?: SecurityEvent;
}

export const answers: Record<ProblemCode, Answer> = {
  'bad-request': {
    status: 400,
    title: 'We could not read that request',
    advice: 'Please go back and try again.',
    event: 'input_validation_fail',
  },
  'sign-in-first': {
    status: 401,
    title: 'Please sign in first',
    advice: 'Sign in, then try again.',
    event: 'authz_fail',
  },
  'confirm-first': {
    status: 403,
    title: 'Please confirm that it is you',
    advice:
      'It is a while since you entered your password. Enter it at /account/confirm, then try again.',
    event: 'authz_fail',
  },
  'cross-site': {
    status: 403,
    title: 'That came from another site',
    advice:
      'For your safety we only take forms from our own pages. Please open ours and try there.',
    event: 'malicious_csrf',
  },
  'form-expired': {
    status: 403,
    title: 'This form has expired',
    advice:
      'You signed in or out since the page was opened. Here it is again: check it and press the button.',
    event: 'malicious_csrf',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing here',
    advice: 'The page may have moved, or the address has a typing error. Shall we look for it?',
  },
  'method-not-allowed': {
    status: 405,
    title: 'That cannot be done here',
    advice: 'This page can be read, or its form sent. Nothing else.',
    event: 'input_validation_fail',
  },
  'link-used': {
    status: 410,
    title: 'This link has ended',
    advice:
      'A link works once, for ten minutes. If you have just used it, you are signed in already. To make a new one, choose “Continue on your phone” where you are signed in.',
  },
  'too-large': {
    status: 413,
    title: 'That is too much for us',
    advice: 'Please shorten what you entered and send it again.',
    event: 'input_validation_fail',
  },
  'url-too-long': {
    status: 414,
    title: 'That address is too long for us',
    advice: 'Please shorten what you look for.',
    event: 'input_validation_fail',
  },
  'headers-too-large': {
    status: 431,
    title: 'Your browser sent too much along',
    advice: 'Please delete the cookies of this site and try again.',
    event: 'input_validation_fail',
  },
  'unsupported-type': {
    status: 415,
    title: 'We cannot read that format',
    advice: 'Send a form, or JSON.',
    event: 'input_validation_fail',
  },
  'wrong-host': {
    status: 421,
    title: 'You have reached the wrong shop',
    advice: 'Please check the address.',
    event: 'input_validation_fail',
  },
  'not-secure': {
    status: 421,
    title: 'This connection is not secure',
    advice:
      'Nothing was changed. Please open the shop by its https:// address. If you did, the fault is ours.',
  },
  invalid: {
    status: 422,
    title: 'Something needs another look',
    advice: 'Please correct what is marked and send it again.',
    event: 'input_validation_fail',
  },
  'session-gone': {
    status: 401,
    title: 'You were signed out',
    advice: 'Nothing was changed. Please sign in and try again.',
  },
  'slow-down': {
    status: 429,
    title: 'That was a little fast',
    advice: 'This was tried too often. Nothing was changed.',
  },
  busy: {
    status: 503,
    title: 'We are very busy',
    advice: 'Nothing was changed.',
  },
  unavailable: {
    status: 503,
    title: 'We cannot reach your cart right now',
    advice:
      'Nothing of yours is lost, and nobody was signed out. Please try again in a moment; until then you can look around the shop.',
  },
  internal: {
    status: 500,
    title: 'That went wrong, and it is our fault',
    advice: 'Please try again. If it goes on, tell us this number:',
  },
};

const RETRY_AFTER_SECONDS = 2;
const MOST_DRAINED = 10 * 1024 * 1024;

/** What Fastify and its plugins throw, in our words. */
const codesOfFastify: Record<string, ProblemCode> = {
  FST_CSRF_MISSING_SECRET: 'form-expired',
  FST_CSRF_INVALID_TOKEN: 'form-expired',
  FST_ERR_VALIDATION: 'invalid',
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-type',
  FST_ERR_NOT_FOUND: 'not-found',
};

/** The one place where errors become answers. */
export default plugin(
  async (app) => {
    app.setErrorHandler((error: FastifyError, request, reply) => {
      const code = codeOf(error);
      record(code, error, request);
      return answer(code, error, request, reply);
    });
  },
  { name: 'errors', dependencies: ['negotiation', 'security-log', 'views'] },
);

/** Set on the scope that has sessions, so that a 404 knows who is asking. */
export async function notFound() {
  throw new Problem('not-found');
}

function codeOf(error: FastifyError): ProblemCode {
  if (error instanceof Problem) return error.code;
  if (error instanceof StateUnavailable) return 'unavailable';
  if (error instanceof SessionEnded) return 'session-gone';
  const known = codesOfFastify[error.code];
  if (known) return known;
  const status = error.statusCode ?? 500;
  return status >= 400 && status < 500 ? 'bad-request' : 'internal';
}

function record(code: ProblemCode, error: FastifyError, request: FastifyRequest) {
  const { event } = answers[code];
  const origin = request.headers.origin ?? 'none';
  if (event) request.audit(event, { code, fault: error.code, origin });
  // Our own word for it says all there is. What a library threw may be a fault of ours, and needs its cause.
  if (event && error instanceof Problem) return;
  const level = code === 'internal' ? 'error' : code === 'unavailable' ? 'warn' : 'info';
  request.log[level]({ err: error }, code);
}

function answer(code: ProblemCode, error: Error, request: FastifyRequest, reply: FastifyReply) {
  const { status, title } = answers[code];
  const wait = error instanceof Problem ? error.retryAfter : undefined;
  const advice = wait ? `${answers[code].advice} ${pleaseWait(wait)}` : answers[code].advice;
  // What was to be a redirect may fail while its session is saved.
  reply.code(status).removeHeader('location');
  // A browser reads no answer before it has sent its form, so the rest is let in, but not without end.
  const length = Number(request.headers['content-length'] ?? Infinity);
  if (status === 413 && length <= MOST_DRAINED) reply.header('connection', 'keep-alive');
  if (wait || status === 503) reply.header('retry-after', wait ?? RETRY_AFTER_SECONDS);

  if (request.wantsJson) {
    const errors = error instanceof Problem ? error.fields : undefined;
    return reply.type('application/problem+json').header('cache-control', 'no-store').send({
      type: 'about:blank',
      title,
      status,
      detail: advice,
      code,
      errors,
      requestId: request.id,
    });
  }

  try {
    return reply.page('errors/error', {
      title,
      advice,
      code,
      requestId: request.id,
      messages: Object.values((error instanceof Problem && error.fields) || {}),
      form: code === 'form-expired' ? formAgain(request) : null,
    });
  } catch (broken) {
    request.log.error({ err: broken }, 'the error page itself failed');
    return reply.type('text/plain').send(`${STATUS_CODES[status]}. Request ${request.id}\n`);
  }
}

/** An expired form comes back with what was filled in, but for passwords. */
function formAgain({ url, body }: FastifyRequest) {
  const values = Object.entries((body ?? {}) as Record<string, unknown>);
  const fields = values
    .filter(([name, value]) => name !== '_csrf' && typeof value === 'string')
    .map(([name, value]) => {
      const secret = /password|confirm|current/.test(name);
      const hidden = ['change', 'version', 'product', 'next'].includes(name);
      return { name, label: labelOf(name), secret, hidden, value: secret ? '' : value };
    });
  return { action: url, fields };
}

function labelOf(name: string): string {
  return name === 'email' ? 'E-mail' : name.charAt(0).toUpperCase() + name.slice(1);
}
