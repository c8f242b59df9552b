import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { setAccess } from '../http/route-list.ts';
import { originOf } from '../lib/origin.ts';
import { Problem } from '../lib/problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The form asks for what a guest has already. A guest who sends it, for instance by a double click, comes here. */
    signedOutTo?: string;
  }
}

/** The longest address that the sign-in leads back to, as it stands in a URL. In characters. */
const LONGEST_NEXT = 2000;

/** Opens the routes of a scope to everyone. */
export function forEveryone(scope: FastifyInstance): void {
  setAccess(scope, { access: 'everyone' });
}

/** Opens the routes of a scope to users only. A guest is sent to the sign-in, and back after it. */
export function forUsers(scope: FastifyInstance): void {
  setAccess(scope, { access: 'users' });
  scope.addHook('preHandler', requireUser);
}

/** Opens the routes of a scope to guests only. A user is sent to the dashboard. */
export function forGuests(scope: FastifyInstance): void {
  setAccess(scope, { access: 'guests' });
  scope.addHook('preHandler', requireGuest);
}

async function requireUser(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  if (request.user) return undefined;
  if (request.wantsJson) throw new Problem('sign-in-first');
  if (request.method !== 'POST') return reply.redirect(signInFor(request.url), 303);
  const { signedOutTo } = request.routeOptions.config;
  if (signedOutTo) return reply.redirect(signedOutTo, 303);
  request.audit('authz_fail', { code: 'sign-in-first' });
  // A form with the cookie of a session that is gone may be a repeat of one that was saved.
  const hadSession = request.cookies[request.server.sessionCookie.name] !== undefined;
  const unsaved = hadSession ? 'perhaps' : '1';
  return reply.redirect(`${signInFor(pageBefore(request))}&unsaved=${unsaved}`, 303);
}

async function requireGuest(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  return request.user ? reply.redirect('/', 303) : undefined;
}

/** An address that is too long for a header of some proxies is left out. The sign-in then leads to the dashboard. */
function signInFor(next: string): string {
  const encoded = encodeURIComponent(next);
  return `/login?next=${encoded.length > LONGEST_NEXT ? '%2F' : encoded}`;
}

/** Returns our own page from which the form was sent, as far as the browser says. The sign-in checks where it leads. */
function pageBefore({ headers, host }: FastifyRequest): string {
  const page = URL.parse(headers.referer ?? '');
  const isOurs = page && originOf(page.protocol, page.host) === originOf(page.protocol, host);
  return isOurs ? page.pathname + page.search : '/';
}
