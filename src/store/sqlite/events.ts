import { isOutage } from '../../lib/sqlite/error-codes.ts';
import type { OwnerEvents } from '../contract/events.ts';
import type { Watchers } from '../watchers.ts';
import type { SqliteClient } from './client.ts';

/** Time between two checks whether another process wrote, in milliseconds. */
const CHECK_INTERVAL = 250;

/**
 * Changes of this process are reported at once, by the stores themselves. SQLite does not report changes of other
 * processes, but it changes its data version; then all listeners get `missed`.
 */
export function createSqliteEvents({ database }: SqliteClient, watchers: Watchers) {
  let timer: NodeJS.Timeout | undefined;
  let version = 0;

  function check() {
    const current = dataVersion();
    if (current !== version) watchers.notifyAll({ kind: 'missed' });
    version = current;
  }

  /** While the file cannot be read, nothing has changed as far as is known. The next check reads it again. */
  function dataVersion(): number {
    try {
      return database.pragma('data_version', { simple: true }) as number;
    } catch (error) {
      if (!isOutage(error)) throw error;
      return version;
    }
  }

  function stop() {
    clearInterval(timer);
    timer = undefined;
  }

  const events: OwnerEvents = {
    async watch(owner, listener) {
      watchers.add(owner, listener);
      if (!timer) {
        version = dataVersion();
        timer = setInterval(check, CHECK_INTERVAL).unref();
      }
      return () => {
        watchers.remove(owner, listener);
        if (watchers.owners.length === 0) stop();
      };
    },
  };
  return { events, stop };
}
