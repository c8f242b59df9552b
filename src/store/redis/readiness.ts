import { StoreUnavailable } from '../contract/errors.ts';
import { ownerKey } from './keys.ts';
import type { RedisClient } from './transport/client.ts';

/**
 * Returns a function that finds out whether a change would work now, on every server that takes changes.
 * It throws StoreUnavailable, whose cause is one sentence that says what is wrong.
 */
export function createReadiness(client: RedisClient, sessionPrefix: string): () => Promise<void> {
  async function checkServer(tag: string): Promise<void> {
    const keys = keysOf(tag, sessionPrefix);
    const answer = await client.run('readiness', keys, [tag]).catch(refused);
    const [error, command] = (answer as Buffer[]).map(String);
    if (error && command) throw new StoreUnavailable(new Error(explain(error, command, keys)));
  }

  return async () => {
    if (!client.isConnected()) {
      throw new StoreUnavailable(new Error('There is no connection to Redis.'));
    }
    if (client.subscriber.fault) throw new StoreUnavailable(client.subscriber.fault);
    await Promise.all(client.tagsOfServers().map(checkServer));
  };
}

/** The script itself may be refused, for example when the user has no right to run scripts. */
function refused(error: Error): string[] {
  const { cause = error } = error;
  return [(cause as Error).message, 'EVAL and EVALSHA'];
}

/** Keys of every kind that the scripts use, all on one server of a cluster. */
function keysOf(tag: string, sessionPrefix: string): string[] {
  return [
    `${sessionPrefix}{${tag}}`,
    ownerKey('devices', tag),
    `${ownerKey('devices', tag)}:seen`,
    `link:{${tag}}`,
    `uses:{${tag}}`,
    `failures:{${tag}}`,
    // shop {
    ownerKey('cart', tag),
    ownerKey('changes', tag),
    ownerKey('undo', tag),
    ownerKey('moved', tag),
    ownerKey('quarantine', tag),
    // } shop
  ];
}

const explanations: [error: RegExp, explain: (command: string, keys: string[]) => string][] = [
  [
    /unknown (redis )?command/i,
    (command) => `Redis is too old for ${command}: it must be Redis or Valkey 7 or later.`,
  ],
  [
    /publish to the channel/i,
    (command) => `The user of Redis has no right to ${command}: allow the channels &events:*.`,
  ],
  [
    /access (at least )?one of the keys/i,
    (_command, keys) => `The user of Redis has no right to some keys: allow ${patternsOf(keys)}.`,
  ],
  [
    /can't run this command|no permissions to run/i,
    (command) => `The user of Redis has no right to ${command}: allow this command.`,
  ],
  [/^READONLY/, () => 'Redis is a read-only replica: REDIS_URL must lead to the master.'],
  [/^OOM/, () => 'Redis is full: raise maxmemory.'],
  [/^MISCONF/, () => 'Redis cannot write to its disk: see its log.'],
  [/^NOREPLICAS/, () => 'Redis has too few replicas for its setting min-replicas-to-write.'],
];

/** Returns one sentence that says what is wrong, and what the operator can do. */
function explain(error: string, command: string, keys: string[]): string {
  const [, sentence] = explanations.find(([pattern]) => pattern.test(error)) ?? [];
  return sentence?.(command, keys) ?? `Redis refuses ${command}: ${error}`;
}

/** As ACL SETUSER takes them: `~cart:*` for `cart:{ready}`. */
function patternsOf(keys: string[]): string {
  return [...new Set(keys.map((key) => `~${key.replace(/\{.*/, '*')}`))].join(' ');
}
