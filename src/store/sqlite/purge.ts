import { cartLimits } from '../contract/carts.ts';
import { unseenLifetime, type BackendOptions } from '../backend.ts';
import type { SqliteClient } from './client.ts';

/** Rows of each table in one go. Small, since whoever asks for a page meanwhile waits for it. */
const BATCH = 25;
/** Between two goes, in milliseconds. */
const PAUSE = 20;
const INTERVAL = 60_000;

/** Redis drops what has expired by itself; here it is deleted in small batches, in the background. @returns a function that stops it */
export function startPurge(
  { database, transact }: SqliteClient,
  { clock, events, lifetimes }: BackendOptions,
): () => void {
  const batches = [
    `DELETE FROM sessions WHERE key IN (SELECT key FROM sessions WHERE expires <= ? LIMIT ${BATCH})`,
    `DELETE FROM carts WHERE owner IN (SELECT owner FROM carts WHERE expires <= ? LIMIT ${BATCH})`,
    `DELETE FROM moved_carts WHERE owner IN (SELECT owner FROM moved_carts WHERE expires <= ? LIMIT ${BATCH})`,
    `DELETE FROM quarantined_carts WHERE owner IN (SELECT owner FROM quarantined_carts WHERE expires <= ? LIMIT ${BATCH})`,
    `DELETE FROM uses WHERE name IN (SELECT name FROM uses WHERE expires <= ? LIMIT ${BATCH})`,
    `DELETE FROM failures WHERE name IN (SELECT name FROM failures WHERE expires <= ? LIMIT ${BATCH})`,
    `DELETE FROM links WHERE key IN (SELECT key FROM links WHERE expires <= ? LIMIT ${BATCH})`,
  ].map((sql) => database.prepare(sql));
  const oldChanges = database.prepare(
    `DELETE FROM cart_changes WHERE (owner, id) IN (SELECT owner, id FROM cart_changes WHERE at <= ? LIMIT ${BATCH})`,
  );
  const unseenDevices = database.prepare(
    `DELETE FROM devices WHERE (owner, key) IN (SELECT owner, key FROM devices WHERE seen <= ? LIMIT ${BATCH})`,
  );
  let timer = setTimeout(purge, PAUSE).unref();

  function purge() {
    void purgeBatch().catch(waitForNextTurn).then(schedule);
  }

  /** A store that is busy or full. */
  function waitForNextTurn(error: Error): boolean {
    events.onError(error);
    return false;
  }

  function schedule(more: boolean): void {
    timer = setTimeout(purge, more ? PAUSE : INTERVAL).unref();
  }

  /** One commit, without waiting for the disk: what comes back after a power cut is purged again. */
  function purgeBatch(): Promise<boolean> {
    database.pragma('synchronous = NORMAL');
    const more = transact('purge', deleteSome);
    database.pragma('synchronous = FULL');
    return more;
  }

  function deleteSome(): boolean {
    const now = clock();
    const deleted = batches.map((batch) => batch.run(now).changes);
    deleted.push(oldChanges.run(now - cartLimits.changeIds).changes);
    deleted.push(unseenDevices.run(now - unseenLifetime(lifetimes.sessionIdle)).changes);
    return deleted.includes(BATCH);
  }

  return () => clearTimeout(timer);
}
