import type { Clock, Lifetimes } from './contract/lifetimes.ts';
import type { StoreEvents, Store } from './contract/store.ts';
import { createKeyring } from './sealing/keyring.ts';
import { createRedisStore } from './redis/index.ts';
import { createSqliteStore } from './sqlite/index.ts';

export interface StoreSettings {
  /** The address of Redis. Without it, the SQLite backend stores everything in `stateFile`. */
  redisUrl: string | undefined;
  /** For Sentinels that ask for a password of their own. */
  sentinel?: { username?: string; password?: string };
  stateFile: string;
  /** The first one seals, all of them open. */
  secrets: string[];
  sessionKeyPrefix: string;
  lifetimes: Lifetimes;
}

/**
 * Opens the store with the backend that the settings name. An unreachable Redis is no error: the client goes on trying.
 * @throws {SqliteError} when the file cannot be opened
 */
export async function openStore(
  settings: StoreSettings,
  clock: Clock,
  events: StoreEvents,
): Promise<Store> {
  const options = {
    sessionPrefix: settings.sessionKeyPrefix,
    lifetimes: settings.lifetimes,
    keyring: createKeyring(settings.secrets),
    clock,
    events,
  };
  return settings.redisUrl
    ? createRedisStore({ ...options, url: settings.redisUrl, sentinel: settings.sentinel })
    : createSqliteStore({ ...options, file: settings.stateFile });
}
