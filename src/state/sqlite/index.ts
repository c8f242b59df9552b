import type { StateStore } from '../contract.ts';
import type { Keyring } from '../keyring.ts';
import type { HomeOptions } from '../records.ts';
import { createSealedLinks } from '../sealed-links.ts';
import { createSealedSessions } from '../sealed-sessions.ts';
import { createWatchers } from '../watchers.ts';
import { createSqliteCartStore } from './cart-store.ts';
import { openSqlite } from './client.ts';
import { createSqliteEvents } from './events.ts';
import { createSqliteLimits } from './limits.ts';
import { createSqliteLinkRecords } from './links.ts';
import { startPurge } from './purge.ts';
import { createSqliteSessionRecords } from './session-records.ts';

interface SqliteStateOptions extends HomeOptions {
  file: string;
  keyring: Keyring;
}

/** The embedded state store, for one machine. Several processes may share the file. */
export function createSqliteState(options: SqliteStateOptions): StateStore {
  const client = openSqlite(options.file, options.events.onTrip);
  const watchers = createWatchers();
  const records = createSqliteSessionRecords(client, options, watchers);
  const { events, stop } = createSqliteEvents(client, watchers);
  const stopPurge = startPurge(client, options);
  const answers = client.database.prepare('SELECT 1');
  return {
    sessions: createSealedSessions({ ...options, records }),
    carts: createSqliteCartStore(client, options, watchers),
    links: createSealedLinks({ ...options, records: createSqliteLinkRecords(client, options) }),
    events,
    limits: createSqliteLimits(client, options),
    ping: () => client.run('ping', () => void answers.get()),
    async close() {
      stop();
      stopPurge();
      client.close();
    },
  };
}
