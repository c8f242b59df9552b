import type { Store } from '../contract/store.ts';
import type { Keyring } from '../sealing/keyring.ts';
import type { BackendOptions } from '../backend.ts';
import { createSealedAnswers } from '../sealing/sealed-answers.ts';
import { createSealedLinks } from '../sealing/sealed-links.ts';
import { createSealedSessions } from '../sealing/sealed-sessions.ts';
import { createRedisCartStore } from './carts/cart-store.ts'; // shop
import type { RedisUrl, SentinelLogin } from './transport/address.ts';
import { connectRedis } from './transport/client.ts';
import { timeShift } from './transport/time-of-redis.ts';
import { readWarnings } from './warnings.ts';
import { createRedisEvents } from './events.ts';
import { createRedisLimits } from './limits.ts';
import { createReadiness } from './readiness/check.ts';
import { guard } from './readiness/guard.ts';
import { createRedisLinkBackend } from './links.ts';
import { createRedisSessionBackend } from './session-backend.ts';

interface RedisStoreOptions extends BackendOptions {
  url: RedisUrl;
  sentinel: SentinelLogin | undefined;
  keyring: Keyring;
}

/** The store for several processes and several machines. */
export async function createRedisStore(options: RedisStoreOptions): Promise<Store> {
  const connected = await connectRedis(options.url, options.events, options.sentinel);
  const { client, checkReadiness } = guard(
    connected,
    createReadiness(connected, options.sessionPrefix),
  );
  const backend = createRedisSessionBackend(client, options);
  const clock = () => Math.round(client.time.now() + timeShift(options.clock));
  const links = createRedisLinkBackend(client, options);
  return {
    clock,
    sessions: createSealedSessions({ ...options, clock, backend }),
    carts: createRedisCartStore(client, options), // shop
    links: createSealedLinks({ ...options, backend: links }),
    answers: createSealedAnswers({ ...options, backend: links }),
    events: createRedisEvents(client, options.sessionPrefix),
    limits: createRedisLimits(client, options),
    ping: client.ping,
    checkReadiness,
    readWarnings: () => readWarnings(client),
    measure: () => ({
      clockSkew: client.time.skew(),
      isListening: client.subscriber.fault === null,
      listeningLosses: client.subscriber.losses,
    }),
    close: client.close,
  };
}
