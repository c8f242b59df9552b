import { encodeMsgpack } from './encode-msgpack.ts';

/**
 * Returns what Flask-Session would store under `session:<id>`: one value in MessagePack, which is its default since
 * 0.7. Earlier releases used pickle. In both, texts can be read, because nothing is encrypted and SECRET_KEY is not
 * used. The value is one flat map of the session variables, the properties of the libraries, and `_permanent` for the
 * setting SESSION_PERMANENT.
 */
export function asFlaskSession(entries: [name: string, value: unknown][]): Buffer {
  return encodeMsgpack(Object.fromEntries([['_permanent', true], ...entries]));
}

/** Returns bytes as a viewer for Redis shows them: as text, with a dot for each byte that is not text. */
export function asText(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/[\p{C}\uFFFD]/gu, '·');
}
