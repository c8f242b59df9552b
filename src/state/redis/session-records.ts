import { emptyCart, type Owner } from '../contract.ts';
import {
  MOST_SESSION_BYTES,
  seenStep,
  slideStep,
  type HomeOptions,
  type SessionRecords,
  type StoredDevice,
} from '../records.ts';
import { rememberAnswers } from './answers.ts';
import { createCartReader } from './cart-reader.ts';
import type { RedisClient } from './client.ts';
import { flatPairs, ownerKey } from './keys.ts';
import { unpack } from './msgpack.ts';

/** A plain field, for the scripts alone; properties never begin with a colon. */
const OWNER_FIELD = ':owner';

type LoadAnswer = [fields: Buffer[], cart: Buffer[], devices: Buffer[], expires: Buffer];

/** Sessions as Redis hashes, a field a property. Where session and owner live on different servers, a call takes two trips. */
export function createRedisSessionRecords(
  client: RedisClient,
  options: HomeOptions,
): SessionRecords {
  const { clock, lifetimes, sessionPrefix } = options;
  const readCart = createCartReader(client, options);
  const idle = lifetimes.sessionIdle;
  const withOwner = client.cluster ? '0' : '1';
  const ask = client.gather('session-load', () => [
    clock(),
    idle,
    slideStep(idle),
    seenStep(idle),
    MOST_SESSION_BYTES,
    withOwner,
  ]);

  const readAnswer = rememberAnswers(openAnswer);

  async function forgetDevice(owner: string, key: string) {
    await client.run('device-forget', [ownerKey('devices', owner)], [owner, key]);
  }

  return {
    async load(key, wants) {
      const now = clock();
      const withDevices = wants.devices ? '1' : '0';
      const answer = (await ask(key, withDevices)) as Buffer | null;
      if (!answer) return null;
      const { owner, flatCart, devices, ...stored } = readAnswer(key + withDevices, answer);
      if (!owner) return { ...stored, owner, cart: emptyCart, devices };
      if (!client.cluster) {
        return { ...stored, owner, cart: await readCart(owner, flatCart, now), devices };
      }
      const view = (await client.run(
        'owner-view',
        [ownerKey('cart', owner)],
        [now, idle, seenStep(idle), owner, key, withDevices],
      )) as [Buffer[], Buffer[]];
      const cart = await readCart(owner, view[0], now);
      return { ...stored, owner, cart, devices: readDevices(view[1]) };
    },

    async write(key, record) {
      const now = clock();
      const { owner, device } = record;
      const apart = client.cluster && owner && device ? { owner, device } : null;
      // Listed first: a crash in between leaves a name on the list, rather than a session that no list can end.
      if (apart) {
        await client.run(
          'device-list',
          [ownerKey('devices', apart.owner)],
          [now, lifetimes.sessionAbsolute, apart.owner, key, apart.device],
        );
      }
      const written = await client.run(
        'session-write',
        [key],
        [
          now,
          idle,
          record.create ? '1' : '0',
          owner ?? '',
          (!apart && device) || '',
          lifetimes.sessionAbsolute,
          record.set.size,
          ...[...record.set].flat(),
          ...record.remove,
        ],
      );
      if (written !== 1 && apart) await forgetDevice(apart.owner, key);
      return written === 1;
    },

    async reseal(key, fields) {
      const args = fields.flatMap(({ field, before, after }) => [field, before, after]);
      await client.run('session-reseal', [key], args);
    },

    async remove(key, knownOwner) {
      const args = [withOwner, knownOwner ?? ''];
      const owner = (await client.run('session-remove', [key], args)) as Buffer | null;
      if (owner && client.cluster) await forgetDevice(owner.toString(), key);
    },

    async listed(owner) {
      const keys = await client.run('device-keys', [ownerKey('devices', owner)], []);
      return (keys as Buffer[]).map(String);
    },

    async *scan() {
      for await (const record of client.scanHashes(sessionPrefix)) {
        record.fields.delete(OWNER_FIELD);
        yield record;
      }
    },
  };
}

function openAnswer(bytes: Buffer) {
  const [flatFields, flatCart, flatDevices, expires] = unpack(bytes) as LoadAnswer;
  const fields = new Map(flatPairs(flatFields));
  const owner = (fields.get(OWNER_FIELD)?.toString() ?? null) as Owner | null;
  fields.delete(OWNER_FIELD);
  return { fields, owner, expires: Number(expires), flatCart, devices: readDevices(flatDevices) };
}

function readDevices(flat: Buffer[]): StoredDevice[] {
  const devices: StoredDevice[] = [];
  for (let i = 0; i + 2 < flat.length; i += 3) {
    const [key, sealed, seen] = flat.slice(i, i + 3) as [Buffer, Buffer, Buffer];
    devices.push({ key: key.toString(), sealed, seen: Number(seen) });
  }
  return devices;
}
