import { Cluster, ReplyError } from 'ioredis';
import { StoreUnavailable } from '../../contract/errors.ts';
import type { RoundTrip } from '../../contract/store.ts';
import { batch } from '../speed/batch.ts';
import { coalesceWrites } from '../speed/coalesce-writes.ts';
import type { RedisUrl, SentinelLogin } from './address.ts';
import { createBreakers } from './breakers.ts';
import { tagsOfMasters } from './cluster-slots.ts';
import { connect, connectSubscriber, waitAtStart } from './connection.ts';
import { reportSeldom } from './error-report.ts';
import { keepOpen } from './keep-open.ts';
import { scriptNames, scriptSource, type ScriptName } from './scripts.ts';
import { openSubscriber, type Subscriber } from './subscriber.ts';
import { createTimeOfRedis } from './time-of-redis.ts';
import { withTimeout } from './timeout.ts';

type Argument = string | number | Buffer;

/** Time between two comparisons of the clocks, and between two checks that events arrive, in milliseconds. */
const BEAT = 2000;

export interface RedisClient {
  /** True on a Redis Cluster, where the keys of different owners may be on different servers. */
  readonly cluster: boolean;
  /**
   * Runs one script in one round trip. Strings in the answer are buffers.
   * @throws {StoreUnavailable}
   */
  run(script: ScriptName, keys: string[], args: Argument[]): Promise<unknown>;
  /**
   * Prepares a script that takes several keys at once. Its arguments are `shared()`, then one for each key; its answers
   * are in the order of the keys. On one server, all calls within a turn of the event loop are sent as one command.
   * @returns a function that calls the script for one key; it throws StoreUnavailable
   */
  batched(
    script: ScriptName,
    shared: () => Argument[],
  ): (key: string, own: Argument) => Promise<unknown>;
  /** Deletes all keys under a prefix, a few at a time. @throws {StoreUnavailable} */
  removeAll(prefix: string): Promise<void>;
  /** Reads all hashes under a prefix, a few at a time. @throws {StoreUnavailable} */
  scanHashes(prefix: string): AsyncIterable<{ key: string; fields: Map<string, Buffer> }>;
  /** The connection that listens to events. */
  readonly subscriber: Subscriber;
  /** What time it is in Redis. */
  readonly time: { now(): number; skew(): number };
  /** Returns one hash tag for each server that takes changes: keys with this tag are stored there. */
  tagsOfServers(): string[];
  /** Returns the section `memory` of INFO of one server. @throws {StoreUnavailable} */
  memoryInfo(): Promise<string>;
  /** True while there is a connection, whether or not it answers. */
  isConnected(): boolean;
  /** @throws {StoreUnavailable} */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface ClientEvents {
  onRoundTrip(trip: RoundTrip): void;
  onError(error: Error): void;
}

/**
 * Connects to Redis. If Redis does not answer within a second, the client goes on trying in the background. While there
 * is no connection, every command fails at once.
 */
export async function connectRedis(
  url: RedisUrl,
  events: ClientEvents,
  sentinel: SentinelLogin = {},
): Promise<RedisClient> {
  const onError = reportSeldom((error) => events.onError(error));
  const connection = connect(url, sentinel);
  const closeConnection = keepOpen(connection);
  connection.on('error', onError);
  connection.on('node error', onError);
  connection.on('sentinelError', onError);
  for (const name of scriptNames) connection.defineCommand(name, { lua: scriptSource(name) });

  const subscriber = openSubscriber(connectSubscriber(url, sentinel), onError);
  const time = createTimeOfRedis();
  const breakerFor = createBreakers(connection, onError);
  const atEndOfTurn = connection instanceof Cluster ? null : coalesceWrites(connection);

  function call(script: ScriptName, keys: string[], args: Argument[]): Promise<unknown> {
    const command = Reflect.get(connection, `${script}Buffer`) as (
      ...args: Argument[]
    ) => Promise<unknown>;
    const askThroughBreaker = breakerFor(keys[0]!);
    return askThroughBreaker(() => {
      atEndOfTurn?.();
      return withTimeout(command.call(connection, keys.length, ...keys, ...args));
    });
  }

  async function timed<T>(name: string, command: () => Promise<T>): Promise<T> {
    const start = performance.now();
    let answered = false;
    try {
      const answer = await command();
      answered = true;
      return answer;
    } catch (error) {
      throw isOwnMistake(error) ? error : new StoreUnavailable(error);
    } finally {
      events.onRoundTrip({ command: name, milliseconds: performance.now() - start, answered });
    }
  }

  /** What fails here fails for visitors too, and is reported there. */
  function beat(): void {
    const publish = (channel: string, message: string) =>
      withTimeout(connection.publish(channel, message));
    subscriber.beat(publish).catch(() => {});
    compareClocks().catch(() => {});
  }

  function compareClocks(): Promise<void> {
    return time.compare(() => withTimeout(connection.time()) as Promise<[number, number]>);
  }

  const compared = new Promise<void>((resolve) => {
    connection.on('ready', () => void compareClocks().then(resolve, () => {}));
  });
  const beats = setInterval(beat, BEAT).unref();
  await waitAtStart(compared, subscriber.opened);

  /** Yields the keys under a prefix, with the server that has them. */
  async function* scanKeys(prefix: string, type?: 'hash') {
    const servers = connection instanceof Cluster ? connection.nodes('master') : [connection];
    for (const server of servers) {
      let [cursor, keys] = ['0', [] as string[]];
      do {
        const options = ['MATCH', `${prefix}*`, 'COUNT', '500', ...(type ? ['TYPE', type] : [])];
        const step = server.call('SCAN', cursor, ...options) as Promise<[string, string[]]>;
        [cursor, keys] = await reported(withTimeout(step));
        yield { server, keys };
      } while (cursor !== '0');
    }
  }

  async function reported<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw isOwnMistake(error) ? error : new StoreUnavailable(error);
    }
  }

  return {
    cluster: connection instanceof Cluster,
    run: (script, keys, args) => timed(script, () => call(script, keys, args)),
    batched(script, shared) {
      const callForAll = async (questions: { key: string; own: Argument }[]) => {
        const keys = questions.map(({ key }) => key);
        const own = questions.map((question) => question.own);
        return (await call(script, keys, [...shared(), ...own])) as unknown[];
      };
      const callForOne = atEndOfTurn
        ? batch(callForAll, atEndOfTurn)
        : async (question: { key: string; own: Argument }) => (await callForAll([question]))[0];
      return (key, own) => timed(script, () => callForOne({ key, own }));
    },
    async removeAll(prefix) {
      for await (const { server, keys } of scanKeys(prefix)) {
        for (const key of keys) await reported(withTimeout(server.unlink(key)));
      }
    },
    async *scanHashes(prefix) {
      for await (const { server, keys } of scanKeys(prefix, 'hash')) {
        for (const key of keys) {
          const fields = await reported(withTimeout(server.hgetallBuffer(key)));
          yield { key, fields: new Map(Object.entries(fields)) };
        }
      }
    },
    subscriber,
    time,
    tagsOfServers: () => (connection instanceof Cluster ? tagsOfMasters(connection) : ['ready']),
    memoryInfo: () => timed('info', () => withTimeout(connection.info('memory'))),
    isConnected: () => connection.status === 'ready',
    ping: () =>
      timed('ping', async () => {
        await breakerFor('')(() => withTimeout(connection.ping()));
      }),
    async close() {
      clearInterval(beats);
      closeConnection();
      subscriber.close();
    },
  };
}

/**
 * ERR and WRONGTYPE say that our command is wrong. All other errors of Redis, such as OOM, MISCONF, READONLY and
 * LOADING, say that it cannot do its work now. A script that lacks a right or a command of a newer version says ERR too;
 * the operator can mend that: see readiness.ts.
 */
function isOwnMistake(error: unknown): boolean {
  const { message } = error as Error;
  return (
    error instanceof ReplyError &&
    /^(ERR|WRONGTYPE)\b/.test(message) &&
    !/unknown (redis )?command|ACL failure|user executing the script/i.test(message)
  );
}
