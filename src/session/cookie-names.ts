/**
 * Returns the name of a cookie of this shop. A sibling domain cannot set a __Host- cookie, and neither can a page
 * without TLS (RFC 6265bis, 4.1.3.2). Without TLS the name has the port: browsers send a cookie to every port of a
 * host, so two shops on one machine would sign each other out.
 */
export function cookieNameOf(name: string, { protocol, port }: URL): string {
  return protocol === 'https:' ? `__Host-${name}` : `${name}-${port || '80'}`;
}
