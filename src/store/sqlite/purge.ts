import { cartLimits } from '../contract/carts.ts'; // shop
import { unseenLifetime, type BackendOptions } from '../backend.ts';
import type { SqliteClient } from './client.ts';

/** How many rows of each table one batch deletes. It is small, because requests wait while a batch runs. */
const BATCH = 25;
/** Time between two batches, in milliseconds. */
const PAUSE = 20;
/** Time between two purges, in milliseconds. */
const INTERVAL = 60_000;

/**
 * Deletes expired rows in small batches, in the background. Redis does this by itself.
 * @returns a function that stops the purge
 */
export function startPurge(
  { database, transact }: SqliteClient,
  { clock, events, lifetimes }: BackendOptions,
): () => void {
  const batches = [
    `DELETE FROM sessions WHERE key IN (SELECT key FROM sessions WHERE expires <= ? LIMIT ${BATCH})`,
    // shop {
    `DELETE FROM carts WHERE owner IN (SELECT owner FROM carts WHERE expires <= ? LIMIT ${BATCH})`,
    `DELETE FROM moved_carts WHERE owner IN (SELECT owner FROM moved_carts WHERE expires <= ? LIMIT ${BATCH})`,
    `DELETE FROM quarantined_carts WHERE owner IN (SELECT owner FROM quarantined_carts WHERE expires <= ? LIMIT ${BATCH})`,
    // } shop
    `DELETE FROM uses WHERE name IN (SELECT name FROM uses WHERE expires <= ? LIMIT ${BATCH})`,
    `DELETE FROM failures WHERE name IN (SELECT name FROM failures WHERE expires <= ? LIMIT ${BATCH})`,
    `DELETE FROM links WHERE key IN (SELECT key FROM links WHERE expires <= ? LIMIT ${BATCH})`,
  ].map((sql) => database.prepare(sql));
  // shop {
  const oldChanges = database.prepare(
    `DELETE FROM cart_changes WHERE (owner, id) IN (SELECT owner, id FROM cart_changes WHERE at <= ? LIMIT ${BATCH})`,
  );
  // } shop
  const unseenDevices = database.prepare(
    `DELETE FROM devices WHERE (owner, key) IN (SELECT owner, key FROM devices WHERE seen <= ? LIMIT ${BATCH})`,
  );
  let timer = setTimeout(purge, PAUSE).unref();

  function purge() {
    void deleteBatch().catch(reportError).then(schedule);
  }

  /** The database may be locked or full. The next purge tries again. */
  function reportError(error: Error): boolean {
    if (database.open) events.onError(error);
    return false;
  }

  function schedule(hasMore: boolean): void {
    if (!database.open) return;
    timer = setTimeout(purge, hasMore ? PAUSE : INTERVAL).unref();
  }

  /**
   * Deletes one batch without waiting for the disk. Rows that come back after a power cut are purged again.
   * @returns true when there may be more expired rows
   */
  async function deleteBatch(): Promise<boolean> {
    database.pragma('synchronous = NORMAL');
    const hasMore = transact('purge', deleteExpired);
    database.pragma('synchronous = FULL');
    return hasMore;
  }

  function deleteExpired(): boolean {
    const now = clock();
    const deleted = batches.map((batch) => batch.run(now).changes);
    deleted.push(oldChanges.run(now - cartLimits.changeIds).changes); // shop
    deleted.push(unseenDevices.run(now - unseenLifetime(lifetimes.sessionIdle)).changes);
    return deleted.includes(BATCH);
  }

  return () => clearTimeout(timer);
}
