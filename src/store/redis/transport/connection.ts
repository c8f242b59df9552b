import { Cluster, Redis, type RedisOptions } from 'ioredis';

/** For what ioredis asks by itself when it connects; what we ask has a shorter deadline. */
const CONNECTION_COMMAND_TIMEOUT = 5000;
const FIRST_CONNECTION = 1000;
export const CONNECT_TIMEOUT = 1000;

export type Connection = Redis | Cluster;

/**
 * `redis://` and `rediss://` as ever. Beyond them, with several hosts separated by commas:
 * `redis-cluster://[:password@]host:port,host:port` and
 * `redis-sentinel://[:password@]host:port,host:port/master-name[/db]`, each also as `rediss-…`.
 */
export function connect(url: string): Connection {
  return open(url, {
    enableOfflineQueue: false,
    // A command cut off by a lost connection fails; sending it again is for whoever knows its change id.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: CONNECTION_COMMAND_TIMEOUT,
  });
}

/** A connection to subscribe with. It joins its channels again after a loss, and says `ready` each time. */
export function connectToListen(url: string): Redis {
  const patience = { enableOfflineQueue: true, commandTimeout: CONNECTION_COMMAND_TIMEOUT };
  if (/^rediss?-cluster:/.test(url)) return listenToCluster(url, patience);
  return openOne(url, patience);
}

/** Resolves when the connection is ready, or after a second: then the start goes on without it. */
export function firstConnection(connection: Connection): Promise<void> {
  return new Promise((resolve) => {
    connection.once('ready', resolve);
    setTimeout(resolve, FIRST_CONNECTION).unref();
  });
}

function open(url: string, patience: RedisOptions): Connection {
  if (!/^rediss?-cluster:/.test(url)) return openOne(url, patience);
  const { hosts, credentials, tls } = readSeveral(url);
  return new Cluster(hosts, {
    redisOptions: { ...withReconnect(patience), ...credentials, ...(tls && { tls }) },
    enableOfflineQueue: patience.enableOfflineQueue,
    clusterRetryStrategy: reconnectDelay,
    slotsRefreshTimeout: 1000,
  });
}

/**
 * Every server of a cluster hears what is published on any other. So: one of them, and the next when it is lost.
 * The subscriber that ioredis keeps for a cluster moves on as well, but without a word of what it missed.
 */
function listenToCluster(url: string, patience: RedisOptions): Redis {
  const { hosts, credentials, tls } = readSeveral(url);
  const connection = new Redis({
    ...patience,
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

function openOne(url: string, patience: RedisOptions): Redis {
  const options = withReconnect(patience);
  if (!/^rediss?-sentinel:/.test(url)) return new Redis(url, options);

  const { hosts, credentials, path, tls } = readSeveral(url);
  const [name = 'mymaster', db = '0'] = path;
  return new Redis({
    ...options,
    ...credentials,
    ...(tls && { tls, sentinelTLS: tls, enableTLSForSentinelMode: true }),
    sentinels: hosts,
    sentinelRetryStrategy: reconnectDelay,
    name,
    db: Number(db),
  });
}

function withReconnect(patience: RedisOptions): RedisOptions {
  return { ...patience, connectTimeout: CONNECT_TIMEOUT, retryStrategy: reconnectDelay };
}

function readSeveral(url: string) {
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

/** @param attempt from 1 @returns how long to wait before it, in milliseconds */
export function reconnectDelay(attempt: number): number {
  return Math.min(50 * 2 ** attempt, 500);
}
