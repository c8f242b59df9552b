import type { StateStore } from '../contract.ts';
import type { Keyring } from '../keyring.ts';
import type { HomeOptions } from '../records.ts';
import { createSealedLinks } from '../sealed-links.ts';
import { createSealedSessions } from '../sealed-sessions.ts';
import { createRedisCartStore } from './cart-store.ts';
import { connectRedis } from './client.ts';
import { createRedisEvents } from './events.ts';
import { createRedisLimits } from './limits.ts';
import { createRedisLinkRecords } from './links.ts';
import { createRedisSessionRecords } from './session-records.ts';

interface RedisStateOptions extends HomeOptions {
  url: string;
  keyring: Keyring;
}

/** The state store for several processes and several machines. */
export async function createRedisState(options: RedisStateOptions): Promise<StateStore> {
  const client = await connectRedis(options.url, options.events);
  const records = createRedisSessionRecords(client, options);
  return {
    sessions: createSealedSessions({ ...options, records }),
    carts: createRedisCartStore(client, options),
    links: createSealedLinks({ ...options, records: createRedisLinkRecords(client, options) }),
    events: createRedisEvents(client, options.sessionPrefix),
    limits: createRedisLimits(client, options),
    ping: client.ping,
    close: client.close,
  };
}
