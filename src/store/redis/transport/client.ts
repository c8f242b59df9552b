import { readFileSync } from 'node:fs';
import { Cluster, ReplyError } from 'ioredis';
import { StoreUnavailable } from '../../contract/errors.ts';
import type { RoundTrip } from '../../contract/store.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import { connect, connectSubscriber, waitUntilReady, type Connection } from './connection.ts';
import { withTimeout } from './timeout.ts';
import { batch } from '../speed/batch.ts';
import { coalesceWrites } from '../speed/coalesce-writes.ts';

const scriptNames = [
  'session-load',
  'session-write',
  'session-move',
  'session-pointer',
  'session-remove',
  'session-reseal',
  'session-alive',
  'owner-view',
  'device-list',
  'device-forget',
  'cart-read', // shop
  'cart-export', // shop
  'cart-change', // shop
  'cart-remove-merged', // shop
  'cart-quarantine', // shop
  'cart-remove', // shop
  'device-keys',
  'limit-use',
  'limit-attempt',
  'limit-forgive',
  'link-write',
  'link-read',
  'link-take',
] as const;

type ScriptName = (typeof scriptNames)[number];
type Argument = string | number | Buffer;

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
  /** Opens a second connection, for subscriptions. It reconnects and subscribes again by itself. `close` closes it. */
  subscribe(events: SubscriberEvents): Subscriber;
  /** @throws {StoreUnavailable} */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface SubscriberEvents {
  onMessage(channel: string, message: string): void;
  onReconnect(): void;
}

export interface Subscriber {
  /** @throws {StoreUnavailable} */
  join(channel: string): Promise<void>;
  leave(channel: string): void;
}

interface ClientEvents {
  onRoundTrip(trip: RoundTrip): void;
  onError(error: Error): void;
}

/**
 * Connects to Redis. If Redis does not answer within a second, the client goes on trying in the background. While there
 * is no connection, every command fails at once.
 */
export async function connectRedis(url: string, events: ClientEvents): Promise<RedisClient> {
  const connection = connect(url);
  connection.on('error', (error: Error) => events.onError(error));
  await waitUntilReady(connection);
  for (const name of scriptNames) connection.defineCommand(name, { lua: scriptSource(name) });

  const subscribers: Connection[] = [];
  const askThroughBreaker = createCircuitBreaker((error) => events.onError(error));
  const atEndOfTurn = connection instanceof Cluster ? null : coalesceWrites(connection);

  function call(script: ScriptName, keys: string[], args: Argument[]): Promise<unknown> {
    const command = Reflect.get(connection, `${script}Buffer`) as (
      ...args: Argument[]
    ) => Promise<unknown>;
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
    subscribe({ onMessage, onReconnect }) {
      const subscriber = connectSubscriber(url);
      subscribers.push(subscriber);
      let connected = false;
      subscriber.on('error', (error: Error) => events.onError(error));
      subscriber.on('message', onMessage);
      subscriber.on('ready', () => {
        if (connected) onReconnect();
        connected = true;
      });
      return {
        async join(channel) {
          try {
            await withTimeout(subscriber.subscribe(channel));
          } catch (error) {
            throw new StoreUnavailable(error);
          }
        },
        leave(channel) {
          subscriber.unsubscribe(channel).catch((error: Error) => events.onError(error));
        },
      };
    },
    ping: () =>
      timed('ping', async () => {
        await askThroughBreaker(() => withTimeout(connection.ping()));
      }),
    async close() {
      for (const each of [connection, ...subscribers]) each.disconnect();
    },
  };
}

/**
 * ERR and WRONGTYPE say that our command is wrong. All other errors of Redis, such as OOM, MISCONF, READONLY and
 * LOADING, say that it cannot do its work now.
 */
function isOwnMistake(error: unknown): boolean {
  return error instanceof ReplyError && /^(ERR|WRONGTYPE)\b/.test((error as Error).message);
}

/** A script cannot import another one, so the shared files are put in front of each script. */
function scriptSource(name: ScriptName): string {
  return [
    'lib/keys',
    'lib/sessions',
    'lib/devices',
    'lib/carts', // shop
    'lib/cart-rules', // shop
    name,
  ]
    .map((file) => readFileSync(new URL(`../scripts/${file}.lua`, import.meta.url), 'utf8'))
    .join('\n');
}
