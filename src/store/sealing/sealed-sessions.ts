import { createHmac, hash } from 'node:crypto';
import {
  MOST_POINTERS,
  MOST_SESSION_BYTES,
  type RecordWrite,
  type SessionBackend,
  type StoredSession,
} from '../backend.ts';
import type { InspectedField, SessionInspection } from '../contract/inspection.ts';
import type { Clock, Lifetimes } from '../contract/lifetimes.ts';
import type { Owner } from '../contract/owner.ts';
import { SessionFull } from '../contract/errors.ts';
import {
  MOST_DEVICES,
  type Device,
  type DeviceTraits,
  type LoadedSession,
  type SessionChanges,
  type SessionFields,
  type SessionStore,
  type SessionWants,
} from '../contract/sessions.ts';
import type { StoreEvents } from '../contract/store.ts';
import { partsOf, type Keyring } from './keyring.ts';
import { openTwice, sealTwice } from './seal-twice.ts';

/** The property whose pairs are stored as fields of their own. */
const VARIABLES = 'variables';

interface SealedSessionsOptions {
  backend: SessionBackend;
  keyring: Keyring;
  sessionPrefix: string;
  lifetimes: Lifetimes;
  clock: Clock;
  events: StoreEvents;
}

/** The session store on top of a backend: it hashes ids, seals fields, and checks what it reads. */
export function createSealedSessions(options: SealedSessionsOptions): SessionStore {
  const { backend, keyring, sessionPrefix, lifetimes, clock, events } = options;
  // Caches, for speed only. A backend returns the same map and the same list again for the same bytes of a record.
  const opened = new WeakMap<StoredSession['fields'], OpenedSession>();
  const openedDevices = new WeakMap<StoredSession['devices'], Device[]>();

  const keyOf = (id: string) => sessionPrefix + hashSessionId(id);

  function openOnce(key: string, stored: StoredSession): OpenedSession | string {
    const known = opened.get(stored.fields);
    if (known) return known;
    const session = openSession(keyring, key, stored);
    if (typeof session !== 'string') opened.set(stored.fields, session);
    return session;
  }

  function openDevicesOnce(stored: StoredSession): Device[] {
    const known = openedDevices.get(stored.devices);
    if (known) return known;
    const devices = openDevices(keyring, stored, sessionPrefix);
    openedDevices.set(stored.devices, devices);
    return devices;
  }

  async function load(id: string, wants: SessionWants = {}) {
    const key = keyOf(id);
    const stored = await backend.load(key, { devices: countOf(wants.devices) });
    if (!stored) return null;
    const session = openOnce(key, stored);
    if (typeof session === 'string') {
      await backend.remove(key);
      events.onDamaged(hashOf(key, sessionPrefix), session);
      return null;
    }
    if (clock() >= session.fields.created + lifetimes.sessionAbsolute) {
      await backend.remove(key);
      return null;
    }
    const devices = openDevicesOnce(stored);
    const inspection = wants.inspection ? inspect(key, stored, session.fields.created) : null;
    return {
      ...session,
      devices,
      inspection,
      cart: stored.cart, // shop
    };
  }

  async function create(id: string, fields: SessionFields, isFirstVisit = false) {
    const { variables = {}, ...rest } = fields;
    const whole = {
      set: { ...rest, created: rest.created ?? clock() },
      remove: [],
      variables: { set: variables, remove: [] },
    };
    const record = sealChanges(keyring, keyOf(id), id, whole);
    await backend.write(keyOf(id), { ...record, create: true, isFirstVisit });
  }

  /** A session that was moved meanwhile is updated where it is now. */
  async function update(id: string, changes: SessionChanges): Promise<boolean> {
    let target: string | null = id;
    for (let hops = 0; target && hops <= MOST_POINTERS; hops += 1) {
      const sealed = sealChanges(keyring, keyOf(target), target, changes);
      const outcome = await backend.write(keyOf(target), { ...sealed, create: false });
      if (outcome === 'full') throw new SessionFull();
      if (outcome !== 'moved') return outcome === 'written';
      target = await successorOf(target);
    }
    return false;
  }

  /** The record may change between reading and moving, so it is read again until the move succeeds. */
  async function rotate(from: string, to: string, drop: readonly string[]) {
    for (;;) {
      const stored = await backend.load(keyOf(from), { devices: 0 });
      const session = stored && openOnce(keyOf(from), stored);
      if (!session || typeof session === 'string') return null;

      const kept = Object.entries(session.fields).filter(([name]) => !drop.includes(name));
      const fields = Object.freeze(Object.fromEntries(kept) as SessionFields);
      const { variables = {}, ...set } = fields;
      const changes = { set, remove: [], variables: { set: variables, remove: [] } };
      const record = sealChanges(keyring, keyOf(to), to, changes);
      const outcome = await backend.move(keyOf(from), keyOf(to), {
        before: stored,
        fields: record.set,
        device: record.device ?? null,
        pointer: sealPointer(keyring, keyOf(from), from, to),
      });
      if (outcome !== 'changed') return outcome === 'moved' ? fields : null;
    }
  }

  /** Returns the id to which a session was moved within the last half minute. */
  async function successorOf(id: string): Promise<string | null> {
    const pointer = await backend.pointer(keyOf(id));
    return pointer && openPointer(keyring, keyOf(id), id, pointer.sealed);
  }

  async function reseal(id: string): Promise<void> {
    const key = keyOf(id);
    const stored = await backend.load(key, { devices: MOST_DEVICES });
    if (!stored) return;
    // The device comes first: when the fields are resealed, the session no longer counts as stale and is not visited
    // again.
    await resealDevice(key, stored);
    const fields = [...stored.fields].flatMap(([field, before]) => {
      const value = keyring.open(before, place(key, field));
      if (!value?.stale) return [];
      return [{ field, before, after: keyring.seal(value.text, place(key, field)) }];
    });
    await backend.reseal(key, fields);
  }

  async function resealDevice(key: string, { owner, devices }: StoredSession): Promise<void> {
    const listed = devices.find((device) => device.key === key);
    if (!owner || !listed) return;
    const traits = keyring.open(listed.sealed, devicePlace(owner, key));
    if (!traits?.stale) return;
    const device = keyring.seal(traits.text, devicePlace(owner, key));
    await backend.write(key, { create: false, set: new Map(), remove: [], owner, device });
  }

  /**
   * Returns the key under which a session of this owner is listed now: the given one, or the one to which it was moved.
   */
  async function listedKey(owner: Owner, first: string): Promise<string | null> {
    let key: string | undefined = first;
    for (let hops = 0; key && hops <= MOST_POINTERS; hops += 1) {
      if (await backend.isListed(owner, key)) return key;
      key = (await backend.pointer(key))?.successor;
    }
    return null;
  }

  async function endDevice(owner: Owner, device: string): Promise<boolean> {
    const key = await listedKey(owner, sessionPrefix + device);
    if (key !== null) await backend.remove(key, owner);
    return key !== null;
  }

  /** A device may rotate its id while the list is read, so the list is read until no other device is on it. */
  async function endOtherDevices(owner: Owner, id: string): Promise<number> {
    let ended = 0;
    for (;;) {
      const listed = await backend.listed(owner);
      // Another request of this device may have rotated its id.
      const own = await listedKey(owner, keyOf(id));
      const others = listed.filter((key) => key !== own);
      if (others.length === 0) return ended;
      await Promise.all(others.map((key) => backend.remove(key, owner)));
      ended += others.length;
    }
  }

  async function countStale() {
    const count = { sessions: 0, stale: 0 };
    for await (const { key, fields } of backend.scan()) {
      const isStale = ([field, sealed]: [string, Buffer]) =>
        keyring.open(sealed, place(key, field))?.stale !== false;
      count.sessions += 1;
      if ([...fields].some(isStale)) count.stale += 1;
    }
    return count;
  }

  /** One record after the other, so that open pages hear that their session has ended. */
  async function endAll() {
    let ended = 0;
    for await (const { key, fields } of backend.scan()) {
      // A record may have ended since its key was read.
      if (fields.size > 0) ended += 1;
      await backend.remove(key);
    }
    return ended;
  }

  /** Opens the fields once more, so that a load without an inspection has no extra work. */
  function inspect(key: string, stored: StoredSession, began: number): SessionInspection {
    return {
      key,
      owner: stored.owner,
      fields: [...stored.fields].flatMap(([name, sealed]) => inspectField(key, name, sealed)),
      began,
      idleEnd: stored.expires,
      absoluteEnd: began + lifetimes.sessionAbsolute,
    };
  }

  function inspectField(key: string, name: string, sealed: Buffer): InspectedField[] {
    const value = keyring.open(sealed, place(key, name));
    const entry = value && readEntry(value.text);
    if (!entry) return [];
    return [{ name, path: entry[0], value: entry[1], sealed: partsOf(sealed), stale: value.stale }];
  }

  return {
    load,
    create,
    update,
    rotate,
    reseal,
    destroy: (id) => backend.remove(keyOf(id)),
    async has(owner, id) {
      return (await listedKey(owner, keyOf(id))) !== null;
    },
    endDevice,
    endOtherDevices,
    countStale,
    endAll,
  };
}

// docs: hash
/**
 * The store knows only this hash, so a copy of the store signs nobody in. An id has 256 random bits, so it needs no
 * salt.
 */
export function hashSessionId(id: string): string {
  return hash('sha256', id, 'hex');
}
// docs: end

/** How many devices a caller wants to load. */
function countOf(wanted: SessionWants['devices']): number {
  return wanted === true ? MOST_DEVICES : Number(wanted ?? 0);
}

function hashOf(key: string, prefix: string): string {
  return key.slice(prefix.length);
}

// docs: place
/** The associated data of a sealed value: it opens only under this key and in this field. */
function place(key: string, field: string): string {
  return `${key}\0${field}`;
}
// docs: end

function devicePlace(owner: string, key: string): string {
  return place(`devices:${owner}`, key);
}

function sealChanges(keyring: Keyring, key: string, id: string, changes: SessionChanges) {
  const record: Omit<RecordWrite, 'create'> = { set: new Map(), remove: [] };

  function seal(path: string[], value: unknown) {
    const field = fieldName(id, path);
    record.set.set(field, keyring.seal(JSON.stringify([path, value]), place(key, field)));
  }

  for (const [property, value] of Object.entries(changes.set)) seal([property], value);
  for (const property of changes.remove) record.remove.push(fieldName(id, [property]));
  for (const [name, value] of Object.entries(changes.variables.set)) seal([VARIABLES, name], value);
  for (const name of changes.variables.remove) record.remove.push(fieldName(id, [VARIABLES, name]));

  const { owner, device } = changes.set;
  if (owner) record.owner = owner;
  if (owner && device) {
    record.device = keyring.seal(JSON.stringify(device), devicePlace(owner, key));
  }
  return record;
}

// docs: field-name
/**
 * A name that reveals nothing: its key is the session id, which the store never sees. The real name is inside the
 * sealed value.
 */
function fieldName(id: string, path: string[]): string {
  return createHmac('sha256', id).update(JSON.stringify(path)).digest('base64url').slice(0, 22);
}
// docs: end

/**
 * The new id is sealed under the old one too. So a copy of the store, even with the app's secret, does not lead from
 * one id to the next.
 */
function sealPointer(keyring: Keyring, key: string, from: string, to: string): Buffer {
  return sealTwice(keyring, from, to, place(key, 'pointer'));
}

function openPointer(keyring: Keyring, key: string, from: string, sealed: Buffer): string | null {
  return openTwice(keyring, from, sealed, place(key, 'pointer'));
}

type OpenedSession = Pick<LoadedSession, 'stale'> & {
  fields: Readonly<SessionFields> & { readonly created: number };
};

/** @returns the session, or the reason why the record is not valid */
function openSession(keyring: Keyring, key: string, stored: StoredSession): OpenedSession | string {
  const fields: SessionFields = {};
  const variables = Object.create(null) as Record<string, string>;
  let stale = false;
  let bytes = 0;

  for (const [field, sealed] of stored.fields) {
    bytes += sealed.length;
    if (bytes > MOST_SESSION_BYTES) return 'it is too large';
    const value = keyring.open(sealed, place(key, field));
    if (!value) return 'a field does not open';
    stale ||= value.stale;
    const entry = readEntry(value.text);
    if (!entry) return 'a field is not valid';
    const [[property, name], content] = entry;
    if (name === undefined) fields[property] = content;
    else variables[name] = String(content);
  }

  const { created, owner = null } = fields;
  if (typeof created !== 'number') return 'it has no time of creation';
  if (owner !== stored.owner) return 'its owner was changed';
  if (Object.keys(variables).length > 0) fields.variables = variables;
  return { fields: deepFreeze({ ...fields, created }), stale };
}

function deepFreeze<T>(value: T): Readonly<T> {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}

/** The format is checked, because another release of the app may have written the value. */
function readEntry(text: string): [path: [string, string?], value: unknown] | null {
  try {
    const entry = JSON.parse(text) as unknown;
    if (!Array.isArray(entry) || !Array.isArray(entry[0])) return null;
    return entry[0].every((name) => typeof name === 'string')
      ? (entry as [[string, string?], unknown])
      : null;
  } catch {
    return null;
  }
}

function openDevices(keyring: Keyring, stored: StoredSession, prefix: string): Device[] {
  return stored.devices.flatMap(({ key, sealed, seen }) => {
    const value = keyring.open(sealed, devicePlace(stored.owner ?? '', key));
    if (!value) return [];
    return [{ ...(JSON.parse(value.text) as DeviceTraits), id: hashOf(key, prefix), seen }];
  });
}
