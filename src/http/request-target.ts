import type { IsOurHost } from './our-host.ts';

/**
 * Returns the path and query that a request asks for. A client may name them with the whole address:
 * `GET https://shop.example/shop` (RFC 9112, 3.2.2).
 * @returns null for another site, for a path that cannot be decoded, and for one that begins with two slashes: in a page
 *   or a redirect it would lead to another site
 */
export function readTarget(target: string, isOurHost: IsOurHost): string | null {
  const [, host, rest] = /^https?:\/\/([^/?#]*)(.*)$/is.exec(target) ?? [];
  if (host !== undefined && !isOurHost(host)) return null;
  const path = rest?.replace(/^(?!\/)/, '/') ?? target;
  // Browsers read `\` as `/` (WHATWG URL, 4.4).
  return /^\/[/\\]/.test(path) || !isDecodable(path) ? null : path;
}

function isDecodable(path: string): boolean {
  if (!path.includes('%')) return true;
  try {
    decodeURIComponent(path.split('?', 1)[0]!);
    return true;
  } catch {
    return false;
  }
}
