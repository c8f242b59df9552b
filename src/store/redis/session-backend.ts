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
  type BackendOptions,
  type RecordMove,
  type RecordWrite,
  type SessionBackend,
  type StoredDevice,
  type WriteOutcome,
} from '../backend.ts';
import { createCartReader } from './carts/cart-reader.ts'; // shop
import { flatPairs, ownerKey } from './keys.ts';
import { memoizeAnswers } from './speed/answer-memo.ts';
import type { RedisClient } from './transport/client.ts';
import { timeShift } from './transport/time-of-redis.ts';
import { unpack } from './speed/decode-msgpack.ts';

/** A plain field that only the scripts use. No property of a session begins with a colon. */
const OWNER_FIELD = ':owner';
/** Present in a record that was moved to another key. */
const SUCCESSOR_FIELD = ':successor';

type LoadAnswer = [fields: Buffer[], ownerData: Buffer[], devices: Buffer[], expires: Buffer];

/**
 * Sessions as Redis hashes, one field for each property. On a cluster the session and its owner may be on different
 * servers; there a load takes two round trips.
 */
export function createRedisSessionBackend(
  client: RedisClient,
  options: BackendOptions,
): SessionBackend {
  const { clock, events, lifetimes, sessionPrefix } = options;
  const readCart = createCartReader(client, options); // shop
  const idle = lifetimes.sessionIdle;
  const onOneServer = client.cluster ? '0' : '1';
  const loadRecord = client.batched('session-load', () => [
    timeShift(clock),
    idle,
    slideStep(idle),
    seenStep(idle),
    MOST_SESSION_BYTES,
    onOneServer,
  ]);

  const readAnswer = memoizeAnswers(openAnswer);

  /** On a cluster: loads what is on the server of the owner. */
  async function loadView(owner: Owner, key: string, devicesWanted: number) {
    const args = [timeShift(clock), idle, seenStep(idle), owner, key, devicesWanted];
    const answer = await client.run('owner-view', [ownerKey('devices', owner)], args);
    const [ownerData, devices] = answer as [Buffer[], Buffer[]];
    return { ownerData, devices: readDevices(devices) };
  }

  /** Returns the keys of the sessions that are too many. */
  async function listDevice(owner: Owner, key: string, sealed: Buffer, most: number) {
    const args = [
      timeShift(clock),
      lifetimes.sessionAbsolute,
      owner,
      key,
      sealed,
      most,
      MOST_ENDED,
    ];
    const excess = await client.run('device-list', [ownerKey('devices', owner)], args);
    return (excess as Buffer[]).map(String);
  }

  async function forgetDevice(owner: string, key: string) {
    await client.run('device-forget', [ownerKey('devices', owner)], [owner, key]);
  }

  async function writeRecord(
    key: string,
    record: RecordWrite,
    device: Buffer | undefined,
  ): Promise<WriteOutcome> {
    const answer = await client.run(
      'session-write',
      [key],
      [
        timeShift(clock),
        record.isFirstVisit ? Math.min(idle, FIRST_VISIT_LIFETIME) : idle,
        record.create ? '1' : '0',
        record.owner ?? '',
        device ?? '',
        lifetimes.sessionAbsolute,
        MOST_DEVICES,
        MOST_ENDED,
        MOST_SESSION_BYTES,
        record.set.size,
        ...[...record.set].flat(),
        ...record.remove,
      ],
    );
    const [outcome, ...ended] = (answer as Buffer[]).map(String) as [WriteOutcome, ...string[]];
    reportEnded(ended);
    return outcome;
  }

  function reportEnded(keys: string[]): void {
    for (const key of keys) events.onDeviceEnded(key.slice(sessionPrefix.length));
  }

  /**
   * Replaces the old record by the pointer. If `keys` also contains the key of the new record, the same script writes
   * the new record.
   */
  async function replaceByPointer(keys: string[], to: string, move: RecordMove) {
    const answer = await client.run('session-move', keys, [
      timeShift(clock),
      idle,
      POINTER_LIFETIME,
      move.pointer,
      to,
      lifetimes.sessionAbsolute,
      move.before.owner ?? '',
      move.device ?? '',
      move.before.fields.size,
      ...[...move.before.fields].flat(),
      move.fields.size,
      ...[...move.fields].flat(),
    ]);
    return String(answer) as 'moved' | 'changed' | 'gone';
  }

  /**
   * The new record is complete and listed before the old one becomes a pointer. Its id is unknown to everybody until
   * then, so it can be deleted and written again when the old record has changed.
   */
  async function moveOnCluster(from: string, to: string, move: RecordMove) {
    const owner = move.before.owner ?? undefined;
    // The old record is still listed, so for a moment there may be one too many.
    if (owner && move.device) await listDevice(owner, to, move.device, Number.MAX_SAFE_INTEGER);
    await writeRecord(to, { create: true, set: move.fields, remove: [], owner }, undefined);
    const outcome = await replaceByPointer([from], to, move);
    if (outcome !== 'moved') await client.run('session-remove', [to], [onOneServer, '', 0]);
    const unused = outcome === 'moved' ? from : to;
    if (owner) await forgetDevice(owner, unused);
    return outcome;
  }

  async function remove(key: string, knownOwner?: Owner): Promise<void> {
    let next: string | undefined = key;
    for (let hops = 0; next !== undefined && hops <= MOST_POINTERS; hops += 1) {
      const args = [onOneServer, knownOwner ?? '', MOST_POINTERS];
      const answer = await client.run('session-remove', [next], args);
      const [owner, successor] = answer as [Buffer | null, Buffer | null];
      if (owner && client.cluster) await forgetDevice(owner.toString(), next);
      next = successor?.toString();
    }
  }

  return {
    async load(key, { devices }) {
      const answer = (await loadRecord(key, String(devices))) as Buffer | null;
      if (!answer) return null;
      const { fields, owner, expires, ...onServer } = readAnswer(`${key} ${devices}`, answer);
      const view = owner && client.cluster ? await loadView(owner, key, devices) : onServer;
      return {
        fields,
        owner,
        expires,
        devices: view.devices,
        cart: await readCart(owner, view.ownerData), // shop
      };
    },

    async write(key, record) {
      const { owner, device } = record;
      if (!client.cluster || !owner || !device) return writeRecord(key, record, device);
      // The device is listed first. If the process ends in between, the list has an entry without a session, rather
      // than a session that no list can end.
      const excess = await listDevice(owner, key, device, MOST_DEVICES);
      const outcome = await writeRecord(key, record, undefined);
      if (outcome === 'written') {
        await Promise.all(excess.map((each) => remove(each, owner)));
        reportEnded(excess);
      } else await forgetDevice(owner, key);
      return outcome;
    },

    async reseal(key, fields) {
      const args = fields.flatMap(({ field, before, after }) => [field, before, after]);
      await client.run('session-reseal', [key], args);
    },

    move: (from, to, move) =>
      client.cluster ? moveOnCluster(from, to, move) : replaceByPointer([from, to], to, move),

    async pointer(key) {
      const answer = await client.run('session-pointer', [key], [timeShift(clock)]);
      if (!answer) return null;
      const [sealed, successor] = answer as [Buffer, Buffer];
      return { sealed, successor: successor.toString() };
    },

    remove,

    async isListed(owner, key) {
      return (await client.run('device-listed', [ownerKey('devices', owner)], [key])) === 1;
    },

    async listed(owner) {
      const keys = await client.run('device-keys', [ownerKey('devices', owner)], []);
      return (keys as Buffer[]).map(String);
    },

    async *scan() {
      for await (const record of client.scanHashes(sessionPrefix)) {
        if (record.fields.has(SUCCESSOR_FIELD)) continue;
        record.fields.delete(OWNER_FIELD);
        yield record;
      }
    },
  };
}

function openAnswer(bytes: Buffer) {
  const [flatFields, ownerData, flatDevices, expires] = unpack(bytes) as LoadAnswer;
  const fields = new Map(flatPairs(flatFields));
  const owner = (fields.get(OWNER_FIELD)?.toString() ?? null) as Owner | null;
  fields.delete(OWNER_FIELD);
  return { fields, owner, expires: Number(expires), ownerData, devices: readDevices(flatDevices) };
}

function readDevices(flat: Buffer[]): StoredDevice[] {
  const devices: StoredDevice[] = [];
  for (let i = 0; i + 2 < flat.length; i += 3) {
    const [key, sealed, seen] = flat.slice(i, i + 3) as [Buffer, Buffer, Buffer];
    devices.push({ key: key.toString(), sealed, seen: Number(seen) });
  }
  return devices;
}
