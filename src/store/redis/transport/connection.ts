import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { isCluster, isSentinel, readHosts, type RedisUrl, type SentinelLogin } from './address.ts';
import { emitSentinelErrors } from './sentinel-errors.ts';

/** For the commands that ioredis sends when it connects, in milliseconds. Our own commands have a shorter timeout. */
const SETUP_COMMAND_TIMEOUT = 5000;
/** How long the start of the app waits for the first connection, in milliseconds. */
const START_TIMEOUT = 1000;
/** How long one attempt to connect may take, in milliseconds. */
export const CONNECT_TIMEOUT = 1000;
/**
 * A connection on which a command waits is dropped after this long without any answer, in milliseconds. A router that
 * has lost the connection does not say so, and the kernel gives up only after a quarter of an hour. It is longer than
 * the timeout of a command, so that one slow answer drops nothing.
 */
export const LONGEST_SILENCE = 1500;
/** How long a closed connection may wait for the other side, in milliseconds. A silent side never answers. */
const DISCONNECT_TIMEOUT = 200;
/** How long a Sentinel may take to answer, in milliseconds. Then the next one is asked. */
const SENTINEL_TIMEOUT = 1000;
/** Time between two connections because of a read-only server, in milliseconds. Pages can be read in between. */
const READ_ONLY_PAUSE = 1000;

export type Connection = Redis | Cluster;

/** Connects to Redis. It tries again without end, and leaves a server that is silent or has become read-only. */
export function connect(url: RedisUrl, sentinel: SentinelLogin = {}): Connection {
  const options = {
    enableOfflineQueue: false,
    // A command fails when its connection is lost. Only the caller can send it again, because it knows the change id.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: SETUP_COMMAND_TIMEOUT,
  };
  return isCluster(url) ? connectToCluster(url, options) : connectToServer(url, sentinel, options);
}

/** Opens a connection for subscriptions. After a loss it subscribes again and emits `ready` again. */
export function connectSubscriber(url: RedisUrl, sentinel: SentinelLogin = {}): Redis {
  const options = { enableOfflineQueue: true, commandTimeout: SETUP_COMMAND_TIMEOUT };
  return isCluster(url)
    ? subscribeToCluster(url, options)
    : connectToServer(url, sentinel, options);
}

/** Waits at the start of the app, for a second at most. */
export function waitAtStart(...what: Promise<unknown>[]): Promise<unknown> {
  const timeout = new Promise((resolve) => setTimeout(resolve, START_TIMEOUT).unref());
  return Promise.race([Promise.all(what), timeout]);
}

function connectToCluster(url: RedisUrl, options: RedisOptions): Cluster {
  const { hosts, credentials, tls } = readHosts(url);
  return new Cluster(hosts, {
    redisOptions: { ...withReconnect(options), ...credentials, ...(tls && { tls }) },
    // A certificate names hosts, so with TLS a host name stays one. Otherwise ioredis would look up its address first.
    ...(tls && { dnsLookup: (host, callback) => callback(null, host) }),
    enableOfflineQueue: options.enableOfflineQueue,
    clusterRetryStrategy: reconnectDelay,
    slotsRefreshTimeout: 1000,
  });
}

/**
 * Subscribes on one server of a cluster, because every server gets the messages of all the others. When the server is
 * lost, the next one is used. ioredis has a subscriber for clusters, but it does not report that messages were lost.
 */
function subscribeToCluster(url: RedisUrl, options: RedisOptions): Redis {
  const { hosts, credentials, tls } = readHosts(url);
  let losses = 0;
  const connection = new Redis({
    ...withReconnect(options),
    ...credentials,
    ...(tls && { tls }),
    ...hosts[0],
    retryStrategy(attempt) {
      losses += 1;
      Object.assign(connection.options, hosts[losses % hosts.length]);
      return reconnectDelay(attempt);
    },
  });
  return connection;
}

/** Connects to one server, or to the master behind several sentinels. */
function connectToServer(url: RedisUrl, sentinel: SentinelLogin, options: RedisOptions): Redis {
  if (!isSentinel(url)) return new Redis(url, withReconnect(options));

  const { hosts, credentials, path, tls } = readHosts(url);
  const [name = 'mymaster', db = '0'] = path;
  const connection = new Redis({
    ...withReconnect(options),
    ...credentials,
    ...(tls && { tls, sentinelTLS: tls, enableTLSForSentinelMode: true }),
    sentinels: hosts,
    sentinelUsername: sentinel.username,
    sentinelPassword: sentinel.password,
    sentinelCommandTimeout: SENTINEL_TIMEOUT,
    sentinelRetryStrategy: reconnectDelay,
    sentinelReconnectStrategy: () => SENTINEL_TIMEOUT,
    // The Sentinels tell of a new master. Without it, a demoted master that still answers would be kept.
    failoverDetector: true,
    name,
    db: Number(db),
  });
  return emitSentinelErrors(connection);
}

function withReconnect(options: RedisOptions): RedisOptions {
  return {
    ...options,
    connectTimeout: CONNECT_TIMEOUT,
    disconnectTimeout: DISCONNECT_TIMEOUT,
    socketTimeout: LONGEST_SILENCE,
    retryStrategy: reconnectDelay,
    reconnectOnError: leaveReadOnlyServers(),
  };
}

/**
 * After a failover the old master is a replica. It keeps its clients, and refuses every write. A new connection leads
 * to the new master: the address has moved, or the Sentinels name it.
 */
function leaveReadOnlyServers(): (error: Error) => boolean {
  let nextTime = 0;
  return ({ message }) => {
    const now = performance.now();
    if (now < nextTime || !/^(READONLY|MASTERDOWN)\b/.test(message)) return false;
    nextTime = now + READ_ONLY_PAUSE;
    return true;
  };
}

/** Back-off: returns how long to wait before an attempt, in milliseconds. @param attempt counted from 1 */
export function reconnectDelay(attempt: number): number {
  return Math.min(50 * 2 ** attempt, 500);
}
