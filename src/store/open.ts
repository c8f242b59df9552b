import type { Clock, Lifetimes } from './contract/lifetimes.ts';
import type { StoreEvents, Store } from './contract/store.ts';
import { createKeyring } from './sealing/keyring.ts';
import { createRedisStore } from './redis/index.ts';
import { createSqliteStore } from './sqlite/index.ts';

export interface StoreSettings {
  /** Where Redis is; without it the state lives in `stateFile`. */
  redisUrl: string | undefined;
  stateFile: string;
  /** The first seals, all open. */
  secrets: string[];
  sessionKeyPrefix: string;
  lifetimes: Lifetimes;
}

/** Opens the state store in the home that the settings name. */
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
    ? createRedisStore({ ...options, url: settings.redisUrl })
    : createSqliteStore({ ...options, file: settings.stateFile });
}
