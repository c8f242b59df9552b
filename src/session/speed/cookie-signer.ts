import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { Memo } from '../../lib/speed/memo.ts';

const MOST_COOKIES = 10_000;

interface Verdict {
  valid: boolean;
  /** It was signed with a retired key. */
  renew: boolean;
  value: string | null;
}

const invalid: Verdict = { valid: false, renew: false, value: null };

/**
 * Signs with the first key and accepts all, as @fastify/cookie's own signer does (HMAC-SHA256). It differs in two
 * things, for speed: keys are handles, and a cookie that was right is remembered, because @fastify/session
 * verifies it and then signs its id once more at every request.
 */
export function createCookieSigner(keys: readonly Buffer[]) {
  const handles = keys.map((key) => createSecretKey(key));
  const [current] = handles;
  if (!current) throw new Error('A signer needs a key.');
  const verdicts = new Memo<Verdict>(MOST_COOKIES);
  const signed = new Memo<string>(MOST_COOKIES);

  function verify(cookie: string): Verdict | null {
    const value = cookie.slice(0, Math.max(cookie.lastIndexOf('.'), 0));
    const key = handles.find((handle) => isEqual(cookie, sign(value, handle)));
    if (!key) return null;
    const renew = key !== current;
    if (!renew) signed.get(value, () => cookie);
    return { valid: true, renew, value };
  }

  return {
    sign: (value: string) => signed.get(value, () => null) ?? sign(value, current),
    unsign: (cookie: string) => verdicts.get(cookie, () => verify(cookie)) ?? invalid,
  };
}

function sign(value: string, key: KeyObject): string {
  const signature = createHmac('sha256', key).update(value).digest('base64');
  return `${value}.${signature.replace(/=+$/, '')}`;
}

function isEqual(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
