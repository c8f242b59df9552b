import Database from 'better-sqlite3';
import type { Owner } from '../contract.ts';
import {
  seenStep,
  slideStep,
  unseenLifetime,
  type HomeOptions,
  type SessionRecords,
  type StoredDevice,
} from '../records.ts';
import type { Watchers } from '../watchers.ts';
import { createCartReader } from './cart-reader.ts';
import type { SqliteClient } from './client.ts';

/** Sessions as rows, a row a field. Statements are prepared once: building one costs forty times what running it does. */
export function createSqliteSessionRecords(
  client: SqliteClient,
  options: HomeOptions,
  watchers: Watchers,
): SessionRecords {
  const { database, run, transact } = client;
  const { clock, events, lifetimes, sessionPrefix } = options;
  const idle = lifetimes.sessionIdle;
  const carts = createCartReader(client, options);

  const find = database.prepare<[string, number], { owner: Owner | null; expires: number }>(
    'SELECT owner, expires FROM sessions WHERE key = ? AND expires > ?',
  );
  const fieldsOf = database.prepare<[string], { field: string; value: Buffer }>(
    'SELECT field, value FROM session_fields WHERE key = ?',
  );
  const slide = database.prepare('UPDATE sessions SET expires = ? WHERE key = ?');
  const lastSeen = database
    .prepare<[Owner, string], number>('SELECT seen FROM devices WHERE owner = ? AND key = ?')
    .pluck();
  const see = database.prepare('UPDATE devices SET seen = ? WHERE owner = ? AND key = ?');
  const devicesOf = database.prepare<[Owner, number], StoredDevice>(
    'SELECT key, sealed, seen FROM devices WHERE owner = ? AND seen > ?',
  );
  const open = database.prepare(
    'INSERT INTO sessions (key, expires) VALUES (?, ?) ON CONFLICT DO UPDATE SET expires = excluded.expires',
  );
  const setField = database.prepare(
    'INSERT INTO session_fields (key, field, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  const replaceField = database.prepare(
    'UPDATE session_fields SET value = ? WHERE key = ? AND field = ? AND value = ?',
  );
  const removeField = database.prepare('DELETE FROM session_fields WHERE key = ? AND field = ?');
  const setOwner = database.prepare('UPDATE sessions SET owner = ? WHERE key = ?');
  const listDevice = database.prepare(
    'INSERT INTO devices (owner, key, sealed, seen) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET sealed = excluded.sealed, seen = excluded.seen',
  );
  const forgetDevice = database.prepare('DELETE FROM devices WHERE owner = ? AND key = ?');
  const remove = database.prepare('DELETE FROM sessions WHERE key = ?');
  const ownerOf = database
    .prepare<[string], Owner | null>('SELECT owner FROM sessions WHERE key = ?')
    .pluck();
  const listed = database
    .prepare<[Owner], string>('SELECT key FROM devices WHERE owner = ?')
    .pluck();
  const keysAfter = database
    .prepare<[string, string], string>(
      'SELECT key FROM sessions WHERE key > ? AND key GLOB ? ORDER BY key LIMIT 500',
    )
    .pluck();

  /**
   * A page view reads; it writes only when an expiry or a last-seen time has moved by its step, and not even
   * then if the disk is full: who came to look shall see.
   */
  function keepAlive(key: string, owner: Owner | null, expires: number, now: number) {
    try {
      if (now + idle - expires > slideStep(idle)) slide.run(now + idle, key);
      const seen = owner && lastSeen.get(owner, key);
      if (typeof seen === 'number' && now - seen >= seenStep(idle)) see.run(now, owner, key);
    } catch (error) {
      if (!(error instanceof Database.SqliteError)) throw error;
      // The next view tries again.
      events.onError(error);
    }
  }

  function readFields(key: string): Map<string, Buffer> {
    return new Map(fieldsOf.all(key).map(({ field, value }) => [field, value]));
  }

  /** One transaction: no other process may write between the owner and the owner's cart. */
  const lookAtOnce = database.transaction((key: string, now: number, withDevices: boolean) => {
    const session = find.get(key, now);
    if (!session) return null;
    const { owner, expires } = session;
    return {
      owner,
      expires,
      fields: readFields(key),
      cart: carts.look(owner, now),
      devices: owner && withDevices ? devicesOf.all(owner, now - unseenLifetime(idle)) : [],
    };
  });

  return {
    load: (key, wants) =>
      run('session-load', () => {
        const now = clock();
        const known = find.get(key, now);
        if (known) keepAlive(key, known.owner, known.expires, now);
        const session = lookAtOnce(key, now, wants.devices);
        if (!session) return null;
        return { ...session, cart: session.cart ?? carts.setAside(session.owner!, now) };
      }),

    write: (key, record) =>
      transact('session-write', () => {
        const now = clock();
        if (!record.create && !find.get(key, now)) return false;
        open.run(key, now + idle);
        for (const field of record.remove) removeField.run(key, field);
        for (const [field, value] of record.set) setField.run(key, field, value);
        if (record.owner) setOwner.run(record.owner, key);
        if (record.owner && record.device) {
          listDevice.run(record.owner, key, record.device, now);
        }
        return true;
      }),

    reseal: (key, fields) =>
      transact('session-reseal', () => {
        for (const { field, before, after } of fields) replaceField.run(after, key, field, before);
      }),

    async remove(key, knownOwner) {
      const owner = await transact('session-remove', () => {
        const owner = ownerOf.get(key) ?? knownOwner;
        forgetDevice.run(owner, key);
        remove.run(key);
        return owner;
      });
      if (owner) watchers.tell(owner, { kind: 'ended', session: key.slice(sessionPrefix.length) });
    },

    listed: (owner) => run('device-keys', () => listed.all(owner)),

    async *scan() {
      let batch = [''];
      while (batch.length > 0) {
        const last = batch.at(-1) ?? '';
        batch = await run('session-scan', () => keysAfter.all(last, `${sessionPrefix}*`));
        for (const key of batch) yield { key, fields: readFields(key) };
      }
    },
  };
}
