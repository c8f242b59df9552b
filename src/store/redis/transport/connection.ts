import { Cluster, Redis, type RedisOptions } from 'ioredis';

/** For the commands that ioredis sends when it connects, in milliseconds. Our own commands have a shorter timeout. */
const SETUP_COMMAND_TIMEOUT = 5000;
/** How long the start of the app waits for the first connection, in milliseconds. */
const START_TIMEOUT = 1000;
/** How long one attempt to connect may take, in milliseconds. */
export const CONNECT_TIMEOUT = 1000;

export type Connection = Redis | Cluster;

/**
 * Connects to Redis. `redis://` and `rediss://` name one server. With several hosts there are
 * `redis-cluster://[:password@]host:port,host:port` and
 * `redis-sentinel://[:password@]host:port,host:port/master-name[/db]`, both also as `rediss-…`, with TLS.
 */
export function connect(url: string): Connection {
  const options = {
    enableOfflineQueue: false,
    // A command fails when its connection is lost. Only the caller can send it again, because it knows the change id.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: SETUP_COMMAND_TIMEOUT,
  };
  return isCluster(url) ? connectToCluster(url, options) : connectToServer(url, options);
}

/** Opens a connection for subscriptions. After a loss it subscribes again and emits `ready` again. */
export function connectSubscriber(url: string): Redis {
  const options = { enableOfflineQueue: true, commandTimeout: SETUP_COMMAND_TIMEOUT };
  return isCluster(url) ? subscribeToCluster(url, options) : connectToServer(url, options);
}

/** Resolves when the connection is ready, but after a second at the latest. */
export function waitUntilReady(connection: Connection): Promise<void> {
  return new Promise((resolve) => {
    connection.once('ready', resolve);
    setTimeout(resolve, START_TIMEOUT).unref();
  });
}

function isCluster(url: string): boolean {
  return /^rediss?-cluster:/.test(url);
}

function connectToCluster(url: string, options: RedisOptions): Cluster {
  const { hosts, credentials, tls } = readUrl(url);
  return new Cluster(hosts, {
    redisOptions: { ...withReconnect(options), ...credentials, ...(tls && { tls }) },
    enableOfflineQueue: options.enableOfflineQueue,
    clusterRetryStrategy: reconnectDelay,
    slotsRefreshTimeout: 1000,
  });
}

/**
 * Subscribes on one server of a cluster, because every server gets the messages of all the others. When the server is
 * lost, the next one is used. ioredis has a subscriber for clusters, but it does not report that messages were lost.
 */
function subscribeToCluster(url: string, options: RedisOptions): Redis {
  const { hosts, credentials, tls } = readUrl(url);
  const connection = new Redis({
    ...options,
    ...credentials,
    ...(tls && { tls }),
    ...hosts[0],
    connectTimeout: CONNECT_TIMEOUT,
    retryStrategy(attempt) {
      Object.assign(connection.options, hosts[attempt % hosts.length]);
      return reconnectDelay(attempt);
    },
  });
  return connection;
}

/** Connects to one server, or to the master behind several sentinels. */
function connectToServer(url: string, options: RedisOptions): Redis {
  if (!/^rediss?-sentinel:/.test(url)) return new Redis(url, withReconnect(options));

  const { hosts, credentials, path, tls } = readUrl(url);
  const [name = 'mymaster', db = '0'] = path;
  return new Redis({
    ...withReconnect(options),
    ...credentials,
    ...(tls && { tls, sentinelTLS: tls, enableTLSForSentinelMode: true }),
    sentinels: hosts,
    sentinelRetryStrategy: reconnectDelay,
    name,
    db: Number(db),
  });
}

function withReconnect(options: RedisOptions): RedisOptions {
  return { ...options, connectTimeout: CONNECT_TIMEOUT, retryStrategy: reconnectDelay };
}

/** Reads an address with several hosts. `URL` reads only one. */
function readUrl(url: string) {
  const [scheme = '', rest = ''] = url.split('://');
  const [authority = '', ...path] = rest.split('/');
  const at = authority.lastIndexOf('@');
  const { username, password } = new URL(`redis://${authority.slice(0, Math.max(at, 0))}@host`);
  const hosts = authority
    .slice(at + 1)
    .split(',')
    .map((host) => {
      const { hostname, port } = new URL(`redis://${host}`);
      return { host: hostname, port: Number(port || 6379) };
    });
  const credentials = password
    ? {
        username: decodeURIComponent(username) || undefined,
        password: decodeURIComponent(password),
      }
    : {};
  return { hosts, credentials, path, tls: scheme.startsWith('rediss') ? {} : undefined };
}

/** Back-off: returns how long to wait before an attempt, in milliseconds. @param attempt counted from 1 */
export function reconnectDelay(attempt: number): number {
  return Math.min(50 * 2 ** attempt, 500);
}
