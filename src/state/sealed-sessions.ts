import { createHmac, hash } from 'node:crypto';
import type {
  Clock,
  Device,
  DeviceTraits,
  InspectedField,
  LoadedSession,
  Lifetimes,
  SessionChanges,
  SessionFields,
  SessionInspection,
  SessionStore,
  StateEvents,
} from './contract.ts';
import { partsOf, type Keyring } from './keyring.ts';
import {
  MOST_SESSION_BYTES,
  type RecordWrite,
  type SessionRecords,
  type StoredSession,
} from './records.ts';

/** The property whose pairs are fields of their own. */
const VARIABLES = 'variables';

interface SealedSessionsOptions {
  records: SessionRecords;
  keyring: Keyring;
  sessionPrefix: string;
  lifetimes: Lifetimes;
  clock: Clock;
  events: StateEvents;
}

/** The session half of the contract: hashes ids, seals fields, and judges what comes back, whatever the home. */
export function createSealedSessions(options: SealedSessionsOptions): SessionStore {
  const { records, keyring, sessionPrefix, lifetimes, clock, events } = options;
  /** By the sealed fields: a home gives the same map for the same bytes at the same key. */
  const opened = new WeakMap<StoredSession['fields'], OwnSession>();

  function openOnce(key: string, stored: StoredSession): OwnSession | string {
    const known = opened.get(stored.fields);
    if (known) return known;
    const session = openSession(keyring, key, stored);
    if (typeof session !== 'string') opened.set(stored.fields, session);
    return session;
  }

  async function resealDevice(key: string, { owner, devices }: StoredSession) {
    const listed = devices.find((device) => device.key === key);
    if (!owner || !listed) return;
    const traits = keyring.open(listed.sealed, devicePlace(owner, key));
    if (!traits?.stale) return;
    const device = keyring.seal(traits.text, devicePlace(owner, key));
    await records.write(key, { create: false, set: new Map(), remove: [], owner, device });
  }

  return {
    async load(id, wants = {}) {
      const key = sessionKey(sessionPrefix, id);
      const stored = await records.load(key, { devices: wants.devices ?? false });
      if (!stored) return null;
      const session = openOnce(key, stored);
      if (typeof session === 'string') {
        await records.remove(key);
        events.onDamaged(hashOf(key, sessionPrefix), session);
        return null;
      }
      if (clock() >= session.fields.created + lifetimes.sessionAbsolute) {
        await records.remove(key);
        return null;
      }
      const devices = openDevices(keyring, stored, sessionPrefix);
      const inspection = wants.inspection ? inspect(key, stored, session.fields.created) : null;
      return { ...session, cart: stored.cart, devices, inspection };
    },

    async create(id, fields) {
      const key = sessionKey(sessionPrefix, id);
      const { variables = {}, ...rest } = fields;
      const whole = {
        set: { ...rest, created: rest.created ?? clock() },
        remove: [],
        variables: { set: variables, remove: [] },
      };
      await records.write(key, { ...sealChanges(keyring, key, id, whole), create: true });
    },

    update(id, changes) {
      const key = sessionKey(sessionPrefix, id);
      return records.write(key, { ...sealChanges(keyring, key, id, changes), create: false });
    },

    async reseal(id) {
      const key = sessionKey(sessionPrefix, id);
      const stored = await records.load(key, { devices: true });
      if (!stored) return;
      // The device first: a session whose fields are renewed no longer counts as stale, and is left alone.
      await resealDevice(key, stored);
      const fields = [...stored.fields].flatMap(([field, before]) => {
        const opened = keyring.open(before, place(key, field));
        if (!opened?.stale) return [];
        return [{ field, before, after: keyring.seal(opened.text, place(key, field)) }];
      });
      await records.reseal(key, fields);
    },

    destroy: (id) => records.remove(sessionKey(sessionPrefix, id)),

    async has(owner, id) {
      return (await records.listed(owner)).includes(sessionKey(sessionPrefix, id));
    },

    async endDevice(owner, device) {
      const key = sessionPrefix + device;
      const listed = (await records.listed(owner)).includes(key);
      if (listed) await records.remove(key, owner);
      return listed;
    },

    async endOtherDevices(owner, id) {
      const own = sessionKey(sessionPrefix, id);
      const others = (await records.listed(owner)).filter((key) => key !== own);
      await Promise.all(others.map((key) => records.remove(key, owner)));
      return others.length;
    },

    async countStale() {
      const count = { sessions: 0, stale: 0 };
      for await (const { key, fields } of records.scan()) {
        const isStale = ([field, sealed]: [string, Buffer]) =>
          keyring.open(sealed, place(key, field))?.stale !== false;
        count.sessions += 1;
        if ([...fields].some(isStale)) count.stale += 1;
      }
      return count;
    },
  };

  /** Opens the fields once more, so that other loads pay nothing for it. */
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
    const opened = keyring.open(sealed, place(key, name));
    const entry = opened && readEntry(opened.text);
    if (!entry) return [];
    const [path, value] = entry;
    return [{ name, path, value, sealed: partsOf(sealed), stale: opened.stale }];
  }
}

/** The store knows only this hash, so a dump of it signs nobody in. The id is 256 random bits: no salt is needed. */
export function hashSessionId(id: string): string {
  return hash('sha256', id, 'hex');
}

function sessionKey(prefix: string, id: string): string {
  return prefix + hashSessionId(id);
}

function hashOf(key: string, prefix: string): string {
  return key.slice(prefix.length);
}

function place(key: string, field: string): string {
  return `${key}\0${field}`;
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

/** A name that tells nothing: keyed by the session id, which the store never sees. The real one is inside the seal. */
function fieldName(id: string, path: string[]): string {
  return createHmac('sha256', id).update(JSON.stringify(path)).digest('base64url').slice(0, 22);
}

type OwnSession = Pick<LoadedSession, 'stale'> & {
  fields: Readonly<SessionFields> & { readonly created: number };
};

/** @returns what was found, or the reason why it is no session of ours */
function openSession(keyring: Keyring, key: string, stored: StoredSession): OwnSession | string {
  const fields: SessionFields = {};
  const variables = Object.create(null) as Record<string, string>;
  let stale = false;
  let bytes = 0;

  for (const [field, sealed] of stored.fields) {
    bytes += sealed.length;
    if (bytes > MOST_SESSION_BYTES) return 'it is too large';
    const opened = keyring.open(sealed, place(key, field));
    if (!opened) return 'a field does not open';
    stale ||= opened.stale;
    const entry = readEntry(opened.text);
    if (!entry) return 'a field makes no sense';
    const [[property, name], value] = entry;
    if (name === undefined) fields[property] = value;
    else variables[name] = String(value);
  }

  const { created, owner = null } = fields;
  if (typeof created !== 'number') return 'it has no beginning';
  if (owner !== stored.owner) return 'its owner was changed';
  if (Object.keys(variables).length > 0) fields.variables = variables;
  return { fields: freeze({ ...fields, created }), stale };
}

/** With all that is in it. */
function freeze<T>(value: T): Readonly<T> {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(freeze);
  return Object.freeze(value);
}

/** What was sealed is ours, but perhaps of another release. */
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

function devicePlace(owner: string, key: string): string {
  return place(`devices:${owner}`, key);
}

function openDevices(keyring: Keyring, stored: StoredSession, prefix: string): Device[] {
  return stored.devices.flatMap(({ key, sealed, seen }) => {
    const opened = keyring.open(sealed, devicePlace(stored.owner ?? '', key));
    if (!opened) return [];
    return [{ ...(JSON.parse(opened.text) as DeviceTraits), id: hashOf(key, prefix), seen }];
  });
}
