/** For speed only: without this file the shop is the same and slower. */
import { Memo } from '../../../lib/speed/memo.ts';
import type { SqliteClient } from '../client.ts';

/** The largest number of answers in the cache. */
const MOST_CACHED = 4000;

interface Answer<Rows> {
  dataVersion: number;
  totalChanges: number;
  rows: Rows;
}

/**
 * Caches what `read` returned for a key until anything in the file changes. SQLite's `data_version` changes when
 * another connection has written, and `total_changes` when this connection has. So two small statements replace those
 * of `read`, and the caller gets the same objects again (docs/performance.md).
 * @param read returns null when there is nothing under the key. It also gets what it returned before the change
 */
export function cacheWhileUnchanged<Rows>(
  { database }: SqliteClient,
  read: (key: string, before?: Rows) => Rows | null,
): (key: string) => Rows | null {
  const readDataVersion = database.prepare<[], number>('PRAGMA data_version').pluck();
  const readTotalChanges = database.prepare<[], number>('SELECT total_changes()').pluck();
  const cache = new Memo<Answer<Rows>>(MOST_CACHED);

  return (key) => {
    // The versions are read before the rows. A write in between makes the rows newer than their versions, and the next
    // call reads them again.
    const dataVersion = readDataVersion.get()!;
    const totalChanges = readTotalChanges.get()!;
    const answer = cache.get(key, () => {
      const rows = read(key);
      return rows && { dataVersion, totalChanges, rows };
    });
    if (!answer) return null;
    if (answer.dataVersion === dataVersion && answer.totalChanges === totalChanges) {
      return answer.rows;
    }
    const rows = read(key, answer.rows);
    if (rows) Object.assign(answer, { dataVersion, totalChanges, rows });
    return rows;
  };
}
