import { encodeMsgpack } from './msgpack.ts';

/**
 * What Flask-Session would store under `session:<id>`: one value, in MessagePack. That is its default since 0.7;
 * earlier ones wrote pickle, in which the words can be read just as well. Neither is encrypted: SECRET_KEY
 * has no part in it. One flat map holds everything, a variable beside what the libraries keep, and
 * `_permanent`, which is its setting SESSION_PERMANENT.
 */
export function asFlaskSession(entries: [name: string, value: unknown][]): Buffer {
  return encodeMsgpack(Object.fromEntries([['_permanent', true], ...entries]));
}

/** Bytes as a viewer for Redis shows them: as text, with a dot for what is none. */
export function asText(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/[\p{C}\uFFFD]/gu, '·');
}
