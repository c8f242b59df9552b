/** For speed only: without this file the shop is the same and slower. */
import { Memo } from '../../../lib/speed/memo.ts';
import type { SqliteClient } from '../client.ts';

/** The largest number of answers in the cache. */
const MOST_CACHED = 4000;

/**
 * Caches what `read` returned for a key until anything in the file changes. SQLite's `data_version` changes when
 * another connection has written, and `total_changes` when this connection has. So one small statement replaces those
 * of `read`, and the caller gets the same objects again (docs/performance.md).
 * @param read returns null when there is nothing under the key. It also gets what it returned before the change
 */
export function cacheWhileUnchanged<Rows>(
  { database }: SqliteClient,
  read: (key: string, before?: Rows) => Rows | null,
): (key: string) => Rows | null {
  const currentVersion = database
    .prepare<[], string>(`SELECT data_version || '.' || total_changes() FROM pragma_data_version`)
    .pluck();
  const cache = new Memo<{ version: string; rows: Rows }>(MOST_CACHED);

  return (key) => {
    // The version is read before the rows. A write in between makes the rows newer than their version, and the next
    // call reads them again.
    const version = currentVersion.get()!;
    const cached = cache.get(key, () => {
      const rows = read(key);
      return rows && { version, rows };
    });
    if (!cached || cached.version === version) return cached && cached.rows;
    const rows = read(key, cached.rows);
    if (rows) Object.assign(cached, { version, rows });
    return rows;
  };
}
