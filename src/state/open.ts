import type { Clock, Lifetimes, StateEvents, StateStore } from './contract.ts';
import { createKeyring } from './keyring.ts';
import { createRedisState } from './redis/index.ts';
import { createSqliteState } from './sqlite/index.ts';

export interface StateSettings {
  /** Where Redis is; without it the state lives in `stateFile`. */
  redisUrl: string | undefined;
  stateFile: string;
  /** The first seals, all open. */
  secrets: string[];
  sessionKeyPrefix: string;
  lifetimes: Lifetimes;
}

/** Opens the state store in the home that the settings name. */
export async function openState(
  settings: StateSettings,
  clock: Clock,
  events: StateEvents,
): Promise<StateStore> {
  const options = {
    sessionPrefix: settings.sessionKeyPrefix,
    lifetimes: settings.lifetimes,
    keyring: createKeyring(settings.secrets),
    clock,
    events,
  };
  return settings.redisUrl
    ? createRedisState({ ...options, url: settings.redisUrl })
    : createSqliteState({ ...options, file: settings.stateFile });
}
