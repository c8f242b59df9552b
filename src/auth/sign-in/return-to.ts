/** A made-up origin. A path that leads to another origin is not one of ours. */
const ORIGIN = 'http://here.invalid';

/**
 * Returns the path to go to after the sign-in: `next` if it is a path of this app, or the dashboard. The check comes
 * after the URL was normalised (WHATWG URL, 4.4), because browsers remove tabs and newlines, read `\` as `/`, and may
 * turn `/..//evil` into `//evil`, which is another site.
 */
export function safeReturnTo(next: unknown): string {
  if (typeof next !== 'string' || !next.startsWith('/') || next.length > 2000) return '/';
  if (!URL.canParse(next, ORIGIN)) return '/';
  const { origin, pathname, search } = new URL(next, ORIGIN);
  if (origin !== ORIGIN || /^\/[/\\]/.test(pathname)) return '/';
  return pathname + search;
}
