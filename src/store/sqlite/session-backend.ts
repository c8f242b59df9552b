import Database from 'better-sqlite3';
import { isBusy } from '../../lib/sqlite/error-codes.ts';
import type { Owner } from '../contract/owner.ts';
import { MOST_DEVICES } from '../contract/sessions.ts';
import {
  FIRST_VISIT_LIFETIME,
  MOST_ENDED,
  MOST_POINTERS,
  MOST_SESSION_BYTES,
  POINTER_LIFETIME,
  seenStep,
  slideStep,
  unseenLifetime,
  type BackendOptions,
  type RecordMove,
  type RecordWrite,
  type SessionBackend,
  type StoredDevice,
  type WriteOutcome,
} from '../backend.ts';
import type { Watchers } from '../watchers.ts';
import type { CartRow } from './carts/cart-reader.ts'; // shop
import { createCartReader } from './carts/cart-reader.ts'; // shop
import type { SqliteClient } from './client.ts';
import { cacheWhileUnchanged } from './speed/unchanged-rows.ts';

/** The fields of a record that was moved to another key: a pointer that only the old id opens, and the new key. */
const POINTER_FIELD = ':pointer';
const SUCCESSOR_FIELD = ':successor';

interface SessionRows {
  owner: Owner | null;
  expires: number;
  fields: ReadonlyMap<string, Buffer>;
  /** When the device of this session was last seen; null when it is not listed. */
  seen: number | null;
  cart: CartRow | null; // shop
  /** All devices of the owner, when they were wanted. */
  devices: StoredDevice[];
}

interface Written {
  outcome: WriteOutcome;
  /** The keys of the sessions that were ended because their owner had too many devices. */
  ended: string[];
}

/**
 * Sessions as rows, one row for each field. Statements are prepared once, because preparing one takes much longer than
 * running it.
 */
export function createSqliteSessionBackend(
  client: SqliteClient,
  options: BackendOptions,
  watchers: Watchers,
): SessionBackend {
  const { database, run, transact } = client;
  const { clock, events, lifetimes, sessionPrefix } = options;
  const idle = lifetimes.sessionIdle;
  const carts = createCartReader(client, options); // shop

  const find = database.prepare<[string, number], { owner: Owner | null; expires: number }>(
    'SELECT owner, expires FROM sessions WHERE key = ? AND expires > ?',
  );
  const findAny = database.prepare<[string], { owner: Owner | null; expires: number }>(
    'SELECT owner, expires FROM sessions WHERE key = ?',
  );
  const fieldsOf = database.prepare<[string], { field: string; value: Buffer }>(
    'SELECT field, value FROM session_fields WHERE key = ?',
  );
  const setExpiry = database.prepare('UPDATE sessions SET expires = ? WHERE key = ?');
  const lastSeen = database
    .prepare<[Owner, string], number>('SELECT seen FROM devices WHERE owner = ? AND key = ?')
    .pluck();
  const setLastSeen = database.prepare('UPDATE devices SET seen = ? WHERE owner = ? AND key = ?');
  const devicesOf = database.prepare<[Owner, number], StoredDevice>(
    'SELECT key, sealed, seen FROM devices WHERE owner = ? ORDER BY seen DESC LIMIT ?',
  );
  const devicesBeyond = database
    .prepare<[Owner, string, number, number], string>(
      'SELECT key FROM devices WHERE owner = ? AND key <> ? ORDER BY seen DESC LIMIT ? OFFSET ?',
    )
    .pluck();
  const isListed = database
    .prepare<[Owner, string], 1>('SELECT 1 FROM devices WHERE owner = ? AND key = ?')
    .pluck();
  const upsert = database.prepare(
    'INSERT INTO sessions (key, expires) VALUES (?, ?) ON CONFLICT DO UPDATE SET expires = excluded.expires',
  );
  const setField = database.prepare(
    'INSERT INTO session_fields (key, field, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  const replaceField = database.prepare(
    'UPDATE session_fields SET value = ? WHERE key = ? AND field = ? AND value = ?',
  );
  const removeField = database.prepare('DELETE FROM session_fields WHERE key = ? AND field = ?');
  const fieldOf = database
    .prepare<[string, string], Buffer>(
      'SELECT value FROM session_fields WHERE key = ? AND field = ?',
    )
    .pluck();
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
   * Writes the new expiry and the time of this request, if they have moved by their steps. A full disk is no error
   * here, so that pages can still be read.
   * @returns true when it has written
   */
  function keepAlive(key: string, { owner, expires, seen }: SessionRows, now: number): boolean {
    const isSeenDue = owner !== null && seen !== null && now - seen >= seenStep(idle);
    const isExpiryDue = now + idle - expires > slideStep(idle);
    try {
      if (isSeenDue) setLastSeen.run(now, owner, key);
      if (isExpiryDue && !successorOf(key)) setExpiry.run(now + idle, key);
      if (isExpiryDue && owner) carts.keep(owner); // shop
    } catch (error) {
      if (!(error instanceof Database.SqliteError)) throw error;
      // The next request tries again. That another process writes is no error.
      if (!isBusy(error)) events.onError(error);
    }
    return isSeenDue || isExpiryDue;
  }

  function readFields(key: string): Map<string, Buffer> {
    return new Map(fieldsOf.all(key).map(({ field, value }) => [field, value]));
  }

  /** Returns the key of the record to which this one was moved. */
  function successorOf(key: string): string | undefined {
    return fieldOf.get(key, SUCCESSOR_FIELD)?.toString();
  }

  function refusalOf(key: string, { set, remove }: RecordWrite, now: number): WriteOutcome | null {
    if (!find.get(key, now)) return 'gone';
    if (successorOf(key)) return 'moved';
    const before = readFields(key);
    const after = new Map([...before, ...set]);
    for (const field of remove) after.delete(field);
    const bytes = bytesOf(after);
    return bytes > MOST_SESSION_BYTES && bytes > bytesOf(before) ? 'full' : null;
  }

  /** Ends the sessions of the devices that are too many, and returns their keys. */
  function endDevicesBeyond(owner: Owner, newest: string): string[] {
    const beyond = devicesBeyond.all(owner, newest, MOST_ENDED, MOST_DEVICES - 1);
    for (const key of beyond) {
      forgetDevice.run(owner, key);
      remove.run(key);
    }
    return beyond;
  }

  function isUnchanged(key: string, now: number, before: RecordMove['before']): boolean {
    return find.get(key, now)?.owner === before.owner && areSame(before.fields, readFields(key));
  }

  /** Reads everything in one transaction, so that no other process writes in between. */
  const readRows = (withDevices: boolean) =>
    database.transaction((key: string, before?: SessionRows): SessionRows | null => {
      const session = findAny.get(key);
      if (!session) return null;
      const { owner, expires } = session;
      const fields = readFields(key);
      return {
        owner,
        expires,
        // The same map is returned for the same bytes, so that they are opened once.
        fields: before && areSame(before.fields, fields) ? before.fields : fields,
        seen: (owner && lastSeen.get(owner, key)) ?? null,
        cart: owner && carts.readRecord(owner), // shop
        devices: owner && withDevices ? devicesOf.all(owner, MOST_DEVICES) : [],
      };
    });
  const readSession = cacheWhileUnchanged(client, readRows(false));
  const readSessionAndDevices = cacheWhileUnchanged(client, readRows(true));

  /** Returns the devices that were seen lately, at most so many. It is the same list when nothing is left out. */
  function lately(devices: StoredDevice[], now: number, most: number): StoredDevice[] {
    const isSeenLately = ({ seen }: StoredDevice) => seen > now - unseenLifetime(idle);
    const isWhole = devices.length <= most && devices.every(isSeenLately);
    return isWhole ? devices : devices.filter(isSeenLately).slice(0, most);
  }

  function notifyEnded(owner: Owner, key: string): void {
    watchers.notify(owner, { kind: 'ended', session: key.slice(sessionPrefix.length) });
  }

  return {
    load: (key, wants) =>
      run('session-load', () => {
        const now = clock();
        const read = wants.devices > 0 ? readSessionAndDevices : readSession;
        const found = read(key);
        if (!found || found.expires <= now || found.fields.has(SUCCESSOR_FIELD)) return null;
        const rows = keepAlive(key, found, now) ? read(key) : found;
        // Another process may have ended the session in between.
        if (!rows) return null;
        const { owner, fields, expires } = rows;
        return {
          owner,
          fields,
          expires,
          cart: carts.open(rows.cart, now) ?? carts.quarantine(owner!, now), // shop
          devices: lately(rows.devices, now, wants.devices),
        };
      }),

    async write(key, record) {
      const { outcome, ended } = await transact<Written>('session-write', () => {
        const now = clock();
        const refusal = record.create ? null : refusalOf(key, record, now);
        if (refusal) return { outcome: refusal, ended: [] };
        upsert.run(key, now + (record.isFirstVisit ? Math.min(idle, FIRST_VISIT_LIFETIME) : idle));
        for (const field of record.remove) removeField.run(key, field);
        for (const [field, value] of record.set) setField.run(key, field, value);
        if (record.owner) setOwner.run(record.owner, key);
        if (!record.owner || !record.device) return { outcome: 'written', ended: [] };
        listDevice.run(record.owner, key, record.device, now);
        return { outcome: 'written', ended: endDevicesBeyond(record.owner, key) };
      });
      for (const each of ended) {
        notifyEnded(record.owner!, each);
        events.onDeviceEnded(each.slice(sessionPrefix.length));
      }
      return outcome;
    },

    reseal: (key, fields) =>
      transact('session-reseal', () => {
        for (const { field, before, after } of fields) replaceField.run(after, key, field, before);
      }),

    async move(from, to, { before, fields, device, pointer }) {
      const { owner } = before;
      const outcome = await transact('session-move', () => {
        const now = clock();
        if (!find.get(from, now) || successorOf(from)) return 'gone';
        if (!isUnchanged(from, now, before)) return 'changed';
        upsert.run(to, now + idle);
        for (const [field, value] of fields) setField.run(to, field, value);
        if (owner) setOwner.run(owner, to);
        if (owner) forgetDevice.run(owner, from);
        if (owner && device) listDevice.run(owner, to, device, now);

        remove.run(from);
        upsert.run(from, now + POINTER_LIFETIME);
        setField.run(from, POINTER_FIELD, pointer);
        setField.run(from, SUCCESSOR_FIELD, Buffer.from(to));
        return 'moved';
      });
      if (outcome === 'moved' && owner) notifyEnded(owner, from);
      return outcome;
    },

    pointer: (key) =>
      run('session-pointer', () => {
        if (!find.get(key, clock())) return null;
        const [sealed, successor] = [fieldOf.get(key, POINTER_FIELD), successorOf(key)];
        return sealed && successor ? { sealed, successor } : null;
      }),

    async remove(key, knownOwner) {
      const { owner, last } = await transact('session-remove', () => {
        let last = key;
        for (let hops = 0; hops < MOST_POINTERS; hops += 1) {
          const successor = successorOf(last);
          if (!successor) break;
          remove.run(last);
          last = successor;
        }
        const owner = ownerOf.get(last) ?? knownOwner;
        forgetDevice.run(owner, last);
        remove.run(last);
        return { owner, last };
      });
      if (owner) notifyEnded(owner, last);
    },

    isListed: (owner, key) => run('device-listed', () => isListed.get(owner, key) === 1),

    listed: (owner) => run('device-keys', () => listed.all(owner)),

    async *scan() {
      let batch = [''];
      while (batch.length > 0) {
        const last = batch.at(-1) ?? '';
        batch = await run('session-scan', () => keysAfter.all(last, `${sessionPrefix}*`));
        for (const key of batch) {
          const fields = readFields(key);
          if (!fields.has(SUCCESSOR_FIELD)) yield { key, fields };
        }
      }
    },
  };
}

function areSame(some: ReadonlyMap<string, Buffer>, others: ReadonlyMap<string, Buffer>): boolean {
  if (some.size !== others.size) return false;
  for (const [field, value] of some) if (!others.get(field)?.equals(value)) return false;
  return true;
}

function bytesOf(fields: ReadonlyMap<string, Buffer>): number {
  return [...fields.values()].reduce((sum, { length }) => sum + length, 0);
}
