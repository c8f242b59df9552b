/** For speed only: without this file the shop is the same and slower. */
import type { Session } from 'fastify';
import type { SessionFields } from '../../store/contract/sessions.ts';
import { NOT_STORED, fieldsOf } from '../fields.ts';

/**
 * Returns a `toJSON` for a loaded session. @fastify/session recognises a change by the session's JSON: it calls
 * `JSON.stringify` and SHA-256 when the session is restored and again before the answer is sent. The loaded values are
 * frozen. So the JSON is `null` as long as every property is the one that was loaded, and complete after a change. This
 * took a page from 116 to 98 microseconds (docs/performance.md).
 * test/session/speed/unchanged.test.ts fails when @fastify/session recognises changes in another way.
 */
export function jsonWhenChanged(loaded: SessionFields) {
  const names = Object.keys(loaded);
  return function (this: Session): SessionFields | null {
    const isAsLoaded =
      Object.keys(this).length === names.length + NOT_STORED.length &&
      names.every((name) => this[name as keyof Session] === loaded[name]);
    return isAsLoaded ? null : fieldsOf(this);
  };
}
