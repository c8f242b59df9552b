import type { SecurityEvent } from '../operations/security-log.ts';
import type { ProblemCode } from '../lib/problem.ts';

/** What a person reads about a problem, and what is logged. */
export interface ErrorAnswer {
  status: number;
  /** Says what happened. */
  title: string;
  /** Says what to do about it, and nothing that helps an attacker. */
  advice: string;
  /** The event in the security log, when somebody may have tried to bypass a check. */
  event?: SecurityEvent;
}

export const errorAnswers: Record<ProblemCode, ErrorAnswer> = {
  'bad-request': {
    status: 400,
    title: 'We couldn’t read that request',
    advice: 'Please go back and try again.',
    event: 'input_validation_fail',
  },
  'sign-in-first': {
    status: 401,
    title: 'Please sign in first',
    advice: 'Sign in, then try again.',
    event: 'authz_fail',
  },
  're-authenticate-first': {
    status: 403,
    title: 'Please confirm it’s you',
    advice:
      'It’s been a while since you entered your password. Enter it at /account/confirm, then try again.',
    event: 'authz_fail',
  },
  'cross-site': {
    status: 403,
    title: 'Please send this form once more',
    advice:
      'Your browser did not send it from a page of ours, so we did nothing with it. Open the form and fill it in again.',
    event: 'malicious_csrf',
  },
  'form-expired': {
    status: 403,
    title: 'This form has expired',
    advice:
      'You signed in or out since the page was opened. Here it is again: check it and press the button.',
    event: 'malicious_csrf',
  },
  'cookies-blocked': {
    status: 403,
    title: 'Your browser blocks cookies',
    advice:
      'Without a cookie we can’t remember you. Nothing was changed. Please allow cookies for this site, then go back and try again.',
  },
  'not-found': {
    status: 404,
    title: 'Page not found',
    advice: 'The page may have moved, or the address was mistyped.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'That can’t be done here',
    advice: 'You can open this page or send its form, and nothing else.',
    event: 'input_validation_fail',
  },
  'link-used': {
    status: 410,
    title: 'This link has expired',
    advice:
      'A link works once, and only for a few minutes. If you have just used it, you are already signed in. To make a new one, choose “Continue on your phone” where you are signed in.',
  },
  'too-large': {
    status: 413,
    title: 'That’s too long',
    advice: 'Please shorten what you entered and send it again.',
    event: 'input_validation_fail',
  },
  'url-too-long': {
    status: 414,
    title: 'That address is too long',
    advice: 'Please shorten what you are looking for.',
    event: 'input_validation_fail',
  },
  'headers-too-large': {
    status: 431,
    title: 'Your browser sent too much data',
    advice: 'Please delete the cookies of this site and try again.',
    event: 'input_validation_fail',
  },
  'unsupported-type': {
    status: 415,
    title: 'We can’t read that format',
    advice: 'Send a form, or JSON.',
    event: 'input_validation_fail',
  },
  'unmet-expectation': {
    status: 417,
    title: 'We can’t do what your program expects',
    advice: 'Please send the request without the Expect header.',
    event: 'input_validation_fail',
  },
  'wrong-host': {
    status: 421,
    title: 'This is not our address',
    advice: 'Please check the address.',
    event: 'input_validation_fail',
  },
  'not-secure': {
    status: 421,
    title: 'This connection is not secure',
    advice:
      'Nothing was changed. Please open this site at its https:// address. If you did, the fault is ours.',
  },
  invalid: {
    status: 422,
    title: 'There is a problem',
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
    title: 'Too many attempts',
    advice: 'Nothing was changed.',
  },
  'too-many-guests': {
    status: 429,
    title: 'A lot of people are shopping from your network',
    advice: 'We could not save anything for you just now.',
  },
  busy: {
    status: 503,
    title: 'We are very busy',
    advice: 'Nothing was changed.',
  },
  unavailable: {
    status: 503,
    title: 'We can’t load your data right now',
    advice: 'Nothing of yours is lost, and nobody was signed out. Please try again in a moment.',
  },
  damaged: {
    status: 503,
    title: 'We can’t load your data',
    advice: 'The fault is ours, and trying again won’t help. Please come back later.',
  },
  internal: {
    status: 500,
    title: 'That went wrong, and it’s our fault',
    advice:
      'Please try again. If this keeps happening, tell the people who run this site this number:',
  },
};
