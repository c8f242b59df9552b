/** Any name would do; it only shows whether a path stays where it is. */
const HERE = 'http://here.invalid';

/**
 * Where to go after sign-in: an own path, or the dashboard.
 * Browsers drop tabs and newlines, and read `\` as `/`, before they look at a URL; normalising can turn
 * `/..//evil` into `//evil`, another site. So the check comes after normalising (WHATWG URL, 4.4).
 */
export function safeReturnTo(next: unknown): string {
  if (typeof next !== 'string' || !next.startsWith('/') || next.length > 2000) return '/';
  if (!URL.canParse(next, HERE)) return '/';
  const { origin, pathname, search } = new URL(next, HERE);
  if (origin !== HERE || /^\/[/\\]/.test(pathname)) return '/';
  return pathname + search;
}
