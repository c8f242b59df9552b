import type { Owner } from '../contract/owner.ts';
import {
  MOST_POINTERS,
  MOST_SESSION_BYTES,
  POINTER_LIFETIME,
  seenStep,
  slideStep,
  type BackendOptions,
  type RecordMove,
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
  const { clock, lifetimes, sessionPrefix } = options;
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
  async function loadView(owner: Owner, key: string, withDevices: string) {
    const args = [timeShift(clock), idle, seenStep(idle), owner, key, withDevices];
    const answer = await client.run('owner-view', [ownerKey('devices', owner)], args);
    const [ownerData, devices] = answer as [Buffer[], Buffer[]];
    return { ownerData, devices: readDevices(devices) };
  }

  async function listDevice(owner: Owner, key: string, sealed: Buffer) {
    const args = [timeShift(clock), lifetimes.sessionAbsolute, owner, key, sealed];
    await client.run('device-list', [ownerKey('devices', owner)], args);
  }

  async function forgetDevice(owner: string, key: string) {
    await client.run('device-forget', [ownerKey('devices', owner)], [owner, key]);
  }

  async function writeRecord(
    key: string,
    record: { create: boolean; set: Map<string, Buffer>; remove: string[]; owner?: Owner },
    device: Buffer | undefined,
  ): Promise<WriteOutcome> {
    const answer = await client.run(
      'session-write',
      [key],
      [
        timeShift(clock),
        idle,
        record.create ? '1' : '0',
        record.owner ?? '',
        device ?? '',
        lifetimes.sessionAbsolute,
        record.set.size,
        ...[...record.set].flat(),
        ...record.remove,
      ],
    );
    return String(answer) as WriteOutcome;
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
    if (owner && move.device) await listDevice(owner, to, move.device);
    await writeRecord(to, { create: true, set: move.fields, remove: [], owner }, undefined);
    const outcome = await replaceByPointer([from], to, move);
    if (outcome !== 'moved') await client.run('session-remove', [to], [onOneServer, '', 0]);
    const unused = outcome === 'moved' ? from : to;
    if (owner) await forgetDevice(owner, unused);
    return outcome;
  }

  return {
    async load(key, wants) {
      const withDevices = wants.devices ? '1' : '0';
      const answer = (await loadRecord(key, withDevices)) as Buffer | null;
      if (!answer) return null;
      const { fields, owner, expires, ...onServer } = readAnswer(key + withDevices, answer);
      const view = owner && client.cluster ? await loadView(owner, key, withDevices) : onServer;
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
      await listDevice(owner, key, device);
      const outcome = await writeRecord(key, record, undefined);
      if (outcome !== 'written') await forgetDevice(owner, key);
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

    async remove(key, knownOwner) {
      let next: string | undefined = key;
      for (let hops = 0; next !== undefined && hops <= MOST_POINTERS; hops += 1) {
        const args = [onOneServer, knownOwner ?? '', MOST_POINTERS];
        const answer = await client.run('session-remove', [next], args);
        const [owner, successor] = answer as [Buffer | null, Buffer | null];
        if (owner && client.cluster) await forgetDevice(owner.toString(), next);
        next = successor?.toString();
      }
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
