import type { Store } from '../contract/store.ts';
import type { Keyring } from '../sealing/keyring.ts';
import type { BackendOptions } from '../backend.ts';
import { createSealedAnswers } from '../sealing/sealed-answers.ts';
import { createSealedLinks } from '../sealing/sealed-links.ts';
import { createSealedSessions } from '../sealing/sealed-sessions.ts';
import { createWatchers } from '../watchers.ts';
import { createSqliteCartStore } from './carts/cart-store.ts'; // shop
import { openSqlite } from './client.ts';
import { createSqliteEvents } from './events.ts';
import { createSqliteLimits } from './limits.ts';
import { createSqliteLinkBackend } from './links.ts';
import { startPurge } from './purge.ts';
import { createReadiness } from './readiness.ts';
import { createSqliteSessionBackend } from './session-backend.ts';

interface SqliteStoreOptions extends BackendOptions {
  file: string;
  keyring: Keyring;
}

/** The embedded store, for one machine. Several processes may use the same file. @throws {SqliteError} */
export function createSqliteStore(options: SqliteStoreOptions): Store {
  const client = openSqlite(options.file, options.events);
  const watchers = createWatchers();
  const backend = createSqliteSessionBackend(client, options, watchers);
  const { events, stop } = createSqliteEvents(client, watchers);
  const stopPurge = startPurge(client, options);
  const links = createSqliteLinkBackend(client, options);
  return {
    clock: options.clock,
    sessions: createSealedSessions({ ...options, backend }),
    carts: createSqliteCartStore(client, options, watchers), // shop
    links: createSealedLinks({ ...options, backend: links }),
    answers: createSealedAnswers({ ...options, backend: links }),
    events,
    limits: createSqliteLimits(client, options),
    ping: client.ping,
    checkReadiness: createReadiness(client, options.file),
    readWarnings: async () => [],
    measure: () => ({ clockSkew: 0, isListening: true, listeningLosses: 0 }),
    async close() {
      stop();
      stopPurge();
      client.close();
    },
  };
}
