import { readFileSync } from 'node:fs';
import { Cluster, ReplyError } from 'ioredis';
import { StoreUnavailable } from '../../contract/errors.ts';
import type { RoundTrip } from '../../contract/store.ts';
import { createBreaker } from './breaker.ts';
import { connect, connectToListen, firstConnection, type Connection } from './connection.ts';
import { inTime } from './deadline.ts';
import { batch } from '../speed/batch.ts';
import { writeOncePerTurn } from '../speed/end-of-turn.ts';

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
  'cart-read',
  'cart-export',
  'cart-change',
  'cart-remove-merged',
  'cart-quarantine',
  'cart-remove',
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
  /** True where keys of different owners may live on different servers. */
  readonly cluster: boolean;
  /**
   * Runs one script: one round trip. Strings in the answer are buffers.
   * @throws {StoreUnavailable}
   */
  run(script: ScriptName, keys: string[], args: Argument[]): Promise<unknown>;
  /**
   * As `run`, for a script that takes any number of keys and after the `shared` arguments one for each, and answers
   * in their order: on a single server, what all requests of a turn of the event loop ask is one call.
   * @returns what asks for one key
   */
  gather(
    script: ScriptName,
    shared: () => Argument[],
  ): (key: string, own: Argument) => Promise<unknown>;
  /** Walks through the hashes under a prefix, a few at a time. */
  scanHashes(prefix: string): AsyncIterable<{ key: string; fields: Map<string, Buffer> }>;
  /** Opens a connection of its own that listens; it comes back by itself, with its channels. Closed with the client. */
  subscribe(events: SubscriberEvents): Subscriber;
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

/** Connects, in the background if need be, and never gives up. During an outage every command fails at once. */
export async function connectRedis(url: string, events: ClientEvents): Promise<RedisClient> {
  const connection = connect(url);
  connection.on('error', (error: Error) => events.onError(error));
  await firstConnection(connection);
  for (const name of scriptNames) connection.defineCommand(name, { lua: scriptSource(name) });

  const subscribers: Connection[] = [];
  const unlessBroken = createBreaker((error) => events.onError(error));
  const endOfTurn = connection instanceof Cluster ? null : writeOncePerTurn(connection);

  function call(script: ScriptName, keys: string[], args: Argument[]): Promise<unknown> {
    const command = Reflect.get(connection, `${script}Buffer`) as (
      ...args: Argument[]
    ) => Promise<unknown>;
    return unlessBroken(() => {
      endOfTurn?.();
      return inTime(command.call(connection, keys.length, ...keys, ...args));
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
      throw isMistake(error) ? error : new StoreUnavailable(error);
    } finally {
      events.onRoundTrip({ command: name, milliseconds: performance.now() - start, answered });
    }
  }

  return {
    cluster: connection instanceof Cluster,
    run: (script, keys, args) => timed(script, () => call(script, keys, args)),
    gather(script, shared) {
      const ask = async (questions: { key: string; own: Argument }[]) => {
        const keys = questions.map(({ key }) => key);
        const own = questions.map((question) => question.own);
        return (await call(script, keys, [...shared(), ...own])) as unknown[];
      };
      const askOne = endOfTurn
        ? batch(ask, endOfTurn)
        : async (question: { key: string; own: Argument }) => (await ask([question]))[0];
      return (key, own) => timed(script, () => askOne({ key, own }));
    },
    async *scanHashes(prefix) {
      const servers = connection instanceof Cluster ? connection.nodes('master') : [connection];
      try {
        for (const server of servers) {
          let [cursor, keys] = ['0', [] as string[]];
          do {
            const step = server.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 500, 'TYPE', 'hash');
            [cursor, keys] = await inTime(step);
            for (const key of keys) {
              const fields = await inTime(server.hgetallBuffer(key));
              yield { key, fields: new Map(Object.entries(fields)) };
            }
          } while (cursor !== '0');
        }
      } catch (error) {
        throw isMistake(error) ? error : new StoreUnavailable(error);
      }
    },
    subscribe({ onMessage, onReconnect }) {
      const subscriber = connectToListen(url);
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
            await inTime(subscriber.subscribe(channel));
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
      timed('ping', async () => void (await unlessBroken(() => inTime(connection.ping())))),
    async close() {
      for (const each of [connection, ...subscribers]) each.disconnect();
    },
  };
}

/** Redis says OOM, MISCONF, READONLY, LOADING and the like when it cannot serve; ERR and WRONGTYPE when we asked wrongly. */
function isMistake(error: unknown): boolean {
  return error instanceof ReplyError && /^(ERR|WRONGTYPE)\b/.test((error as Error).message);
}

/** What the scripts share stands before each of them. */
function scriptSource(name: ScriptName): string {
  return ['lib/keys', 'lib/sessions', 'lib/devices', 'lib/carts', 'lib/cart-rules', name]
    .map((file) => readFileSync(new URL(`../scripts/${file}.lua`, import.meta.url), 'utf8'))
    .join('\n');
}
