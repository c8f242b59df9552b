/**
 * The address of Redis. `redis://` and `rediss://` name one server. With several hosts there are
 * `redis-cluster://[:password@]host:port,host:port` and
 * `redis-sentinel://[:password@]host:port,host:port/master-name[/db]`, both also as `rediss-…`, with TLS.
 */
export type RedisUrl = string;

/** For Sentinels that ask for a password of their own. */
export interface SentinelLogin {
  username?: string;
  password?: string;
}

export function isCluster(url: RedisUrl): boolean {
  return /^rediss?-cluster:/.test(url);
}

export function isSentinel(url: RedisUrl): boolean {
  return /^rediss?-sentinel:/.test(url);
}

/** Reads an address with several hosts. `URL` reads only one. */
export function readHosts(url: RedisUrl) {
  const [scheme = '', rest = ''] = url.split('://');
  const [authority = '', ...path] = rest.split('/');
  const at = authority.lastIndexOf('@');
  const { username, password } = new URL(`redis://${authority.slice(0, Math.max(at, 0))}@host`);
  const hosts = authority
    .slice(at + 1)
    .split(',')
    .map((host) => {
      const { hostname, port } = new URL(`redis://${host}`);
      return { host: withoutBrackets(hostname), port: Number(port || 6379) };
    });
  const credentials = password
    ? {
        username: decodeURIComponent(username) || undefined,
        password: decodeURIComponent(password),
      }
    : {};
  return { hosts, credentials, path, tls: scheme.startsWith('rediss') ? {} : undefined };
}

/** An IPv6 address has brackets in a URL, and nowhere else. */
function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
