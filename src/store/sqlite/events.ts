import type { OwnerEvents } from '../contract/events.ts';
import type { Watchers } from '../watchers.ts';
import type { SqliteClient } from './client.ts';

/** How often to look whether another process wrote, in milliseconds. */
const LOOK = 250;

/** What this process changes is told at once; that another one wrote shows in SQLite's data version. */
export function createSqliteEvents({ database }: SqliteClient, watchers: Watchers) {
  let timer: NodeJS.Timeout | undefined;
  let version = 0;

  const dataVersion = () => database.pragma('data_version', { simple: true }) as number;

  function look() {
    const now = dataVersion();
    if (now !== version) watchers.tellAll({ kind: 'missed' });
    version = now;
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
        timer = setInterval(look, LOOK).unref();
      }
      return () => {
        watchers.remove(owner, listener);
        if (watchers.owners.length === 0) stop();
      };
    },
  };
  return { events, stop };
}
