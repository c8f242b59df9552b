/** A host name or an address, perhaps with a port (RFC 9110, 7.2). */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d*)?$/i;

/**
 * Returns an origin in its one notation, so that two of them can be compared (RFC 9110, 4.2.3): in lower case, and
 * without the default port of the scheme. A dot at the end of a name only says that the name is complete.
 * @param scheme with its colon, like `URL.protocol`
 * @param host as in a Host header
 * @returns null for a host that is not valid
 */
export function originOf(scheme: string, host: string): string | null {
  if (!HOST.test(host)) return null;
  const url = URL.parse(`${scheme}//${host}`);
  return url && url.origin.replace(/\.(?=(:\d+)?$)/, '');
}

/** Reads an Origin header. @returns null for `null`, and for anything else that is not only an origin */
export function readOrigin(header: string): string | null {
  const [, scheme, host] = /^(https?:)\/\/(.*)$/i.exec(header) ?? [];
  return scheme === undefined || host === undefined ? null : originOf(scheme, host);
}

/** Reads a whole address, as a Referer header has it. @returns the origin, or null for what is no address */
export function readReferer(header: string): string | null {
  const url = URL.parse(header);
  return url && originOf(url.protocol, url.host);
}
