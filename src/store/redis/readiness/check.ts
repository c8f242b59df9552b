import { StoreUnavailable } from '../../contract/errors.ts';
import { ownerKey } from '../keys.ts';
import type { RedisClient } from '../transport/client.ts';
import { explain } from './explain.ts';

/**
 * Returns a function that finds out whether a change would work now, on every server that takes changes.
 * It throws StoreUnavailable, whose cause is one sentence that says what is wrong.
 */
export function createReadiness(client: RedisClient, sessionPrefix: string): () => Promise<void> {
  async function checkServer(tag: string): Promise<void> {
    const keys = keysOf(tag, sessionPrefix);
    const answer = await client.run('readiness', keys, [tag]).catch(refused);
    const [error, command] = (answer as Buffer[]).map(String);
    if (error && command) throw new StoreUnavailable(explain(error, command, keys));
  }

  return async () => {
    if (!client.isConnected()) {
      throw new StoreUnavailable(new Error('There is no connection to Redis.'));
    }
    if (client.subscriber.fault) throw new StoreUnavailable(client.subscriber.fault);
    await Promise.all(client.tagsOfServers().map(checkServer));
  };
}

/** The user may have no right to run a script at all. */
function refused(error: Error): string[] {
  const { message } = (error.cause ?? error) as Error;
  if (message.startsWith('NOPERM')) return [message, 'EVAL and EVALSHA'];
  throw error instanceof StoreUnavailable ? error : new StoreUnavailable(error);
}

/** Keys of every kind that the scripts use, all on one server of a cluster. */
function keysOf(tag: string, sessionPrefix: string): string[] {
  return [
    `${sessionPrefix}{${tag}}`,
    ownerKey('devices', tag),
    `${ownerKey('devices', tag)}:seen`,
    `link:{${tag}}`,
    `answer:{${tag}}`,
    `uses:{${tag}}`,
    `failures:{${tag}}`,
    // shop {
    ownerKey('cart', tag),
    ownerKey('changes', tag),
    ownerKey('undo', tag),
    ownerKey('moved', tag),
    ownerKey('claimed', tag),
    ownerKey('quarantine', tag),
    // } shop
  ];
}
