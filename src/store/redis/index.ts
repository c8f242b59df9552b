import type { Store } from '../contract/store.ts';
import type { Keyring } from '../sealing/keyring.ts';
import type { BackendOptions } from '../backend.ts';
import { createSealedAnswers } from '../sealing/sealed-answers.ts';
import { createSealedLinks } from '../sealing/sealed-links.ts';
import { createSealedSessions } from '../sealing/sealed-sessions.ts';
import { createRedisCartStore } from './carts/cart-store.ts'; // shop
import { connectRedis } from './transport/client.ts';
import { createRedisEvents } from './events.ts';
import { createRedisLimits } from './limits.ts';
import { createRedisLinkBackend } from './links.ts';
import { createRedisSessionBackend } from './session-backend.ts';

interface RedisStoreOptions extends BackendOptions {
  url: string;
  keyring: Keyring;
}

/** The store for several processes and several machines. */
export async function createRedisStore(options: RedisStoreOptions): Promise<Store> {
  const client = await connectRedis(options.url, options.events);
  const backend = createRedisSessionBackend(client, options);
  const links = createRedisLinkBackend(client, options);
  return {
    sessions: createSealedSessions({ ...options, backend }),
    carts: createRedisCartStore(client, options), // shop
    links: createSealedLinks({ ...options, backend: links }),
    answers: createSealedAnswers({ ...options, backend: links }),
    events: createRedisEvents(client, options.sessionPrefix),
    limits: createRedisLimits(client, options),
    ping: client.ping,
    close: client.close,
  };
}
