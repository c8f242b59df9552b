import { tokenOf } from '../forms/csrf-token.ts';
import { locks } from '../live/locks.ts';
import { owner } from '../live/owner.ts';
import { currentOwner } from '../live/refresh.ts';
import type { WaitingChange } from './waiting-changes.ts';

/** After this long without an answer, a change is sent again. Its id makes that harmless. In milliseconds. */
const LONGEST_WAIT = 10_000;
/** Statuses with which the shop, or a proxy in front of it, says that it cannot take a change right now. */
const LATER = new Set([429, 502, 503, 504]);

export interface Answered {
  version: number;
  notices: { code: string; message: string; slug?: string }[];
}

type Answer = Answered | 'later' | 'refused' | 'signed out';

/**
 * Sends one change. A visitor becomes a guest with the first change. Without the lock, two tabs at once would become
 * two guests.
 * @throws when this browser cannot send it
 */
export async function postChange(change: WaitingChange): Promise<Answer> {
  return owner() === '' && locks ? locks.request('satchel-send', () => post(change)) : post(change);
}

async function post(change: WaitingChange, isRetry = false): Promise<Answer> {
  const answer = await ask(change);
  if (!answer || LATER.has(answer.status)) return 'later';
  if (!isRetry && [401, 403].includes(answer.status)) {
    // The id of the session may have rotated, and with it the token.
    const current = await currentOwner();
    if (current === null) return 'later';
    if (current === owner()) return post(change, true);
  }
  if (answer.status === 401) return 'signed out';
  if (!answer.ok) return 'refused';
  // An answer that was cut off, or is not the shop's, says nothing.
  return (answer.json() as Promise<Answered>).catch(() => 'later');
}

/** @returns undefined when no answer came. A missing part of the browser is thrown: it must not look like an outage */
async function ask({ action, body }: WaitingChange): Promise<Response | undefined> {
  // Safari before 16 has no AbortSignal.timeout.
  const timeout = new AbortController();
  window.setTimeout(() => timeout.abort(), LONGEST_WAIT);
  const answer = fetch(action, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: withToken(body),
    // The request goes on when the page is left.
    keepalive: true,
    signal: timeout.signal,
  });
  return answer.catch(() => undefined);
}

/** Returns the fields of a change. A change that waited may contain an old token. */
export function withToken(body: string): URLSearchParams {
  const fields = new URLSearchParams(body);
  const token = tokenOf(document);
  if (token) fields.set('_csrf', token);
  return fields;
}
