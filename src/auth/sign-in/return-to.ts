/** A made-up origin. A path that leads to another origin is not one of ours. */
const ORIGIN = 'http://here.invalid';

/** In characters. */
const LONGEST = 2000;

/**
 * Returns the path to go to after the sign-in: `next` if it is a path of this app, or the dashboard. The check comes
 * after the URL was normalised (WHATWG URL, 4.4), because browsers remove tabs and newlines, read `\` as `/`, and may
 * turn `/..//evil` into `//evil`, which is another site.
 */
export function safeReturnTo(next: unknown): string {
  if (typeof next !== 'string' || !next.startsWith('/') || next.length > LONGEST) return '/';
  if (!URL.canParse(next, ORIGIN)) return '/';
  const { origin, pathname, search } = new URL(next, ORIGIN);
  if (origin !== ORIGIN || /^\/[/\\]/.test(pathname)) return '/';
  const path = pathname + search;
  // It gets longer when it is written as a URL, and some proxies refuse a long header.
  return path.length > LONGEST ? '/' : path;
}
