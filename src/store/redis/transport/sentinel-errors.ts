import type { Redis } from 'ioredis';

/**
 * Emits the errors of the connections to the Sentinels as `sentinelError`. ioredis does not listen to all of them, and
 * would print those on its own, past the log, every second while a Sentinel is down.
 */
export function emitSentinelErrors(connection: Redis): Redis {
  const connector = Reflect.get(connection, 'connector') as object;
  const open = Reflect.get(connector, 'connectToSentinel') as (...args: unknown[]) => Redis;
  Reflect.set(connector, 'connectToSentinel', (...args: unknown[]) =>
    open
      .apply(connector, args)
      .on('error', (error: Error) => void connection.emit('sentinelError', error)),
  );
  return connection;
}
