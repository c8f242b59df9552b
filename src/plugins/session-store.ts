import { callbackify } from 'node:util';
import type { FastifyRequest, Session } from 'fastify';
import type { FastifySessionOptions } from '@fastify/session';
import { Problem } from '../domain/problem.ts';
import {
  emptyCart,
  StateUnavailable,
  type Cart,
  type Device,
  type SessionChanges,
  type SessionFields,
  type SessionInspection,
  type SessionStore,
} from '../state/contract.ts';

/** What came with the session from the store, and what the store is known to hold. */
export class SessionMemory {
  cart: Cart = emptyCart;
  devices: Device[] = [];
  inspection: SessionInspection | null = null;
  /** The store did not answer when the session was loaded: nothing is known about this visitor. */
  outage: StateUnavailable | null = null;
  /** The store failed or the session is gone: save no more, and leave the browser's cookie alone. */
  closed = false;
  /** Answers property -> JSON as stored. Most requests change nothing and never ask. */
  stored: () => ReadonlyMap<string, string> = () => new Map();

  /** Keeps this object out of the session's JSON, by which @fastify/session tells a change. */
  toJSON(): undefined {
    return undefined;
  }
}

/** Of a session that was loaded, the properties that are not stored. */
const NOT_FIELDS = ['cookie', 'memory', 'toJSON'];

type Store = NonNullable<FastifySessionOptions['store']>;

interface Surroundings {
  /** The request that asks; the interface has no room for it. */
  currentRequest: () => FastifyRequest | undefined;
  /** In milliseconds. */
  idleLifetime: number;
}

/** @fastify/session's store interface on top of our own. It calls `set` with the whole session; only what changed is written. */
export function createSessionStore(
  sessions: SessionStore,
  { currentRequest, idleLifetime }: Surroundings,
): Store {
  async function get(id: string): Promise<Session | null> {
    const memory = new SessionMemory();
    const { devices, inspection } = currentRequest()?.routeOptions.config ?? {};
    try {
      const loaded = await sessions.load(id, { devices, inspection });
      if (!loaded) return null;
      Object.assign(memory, {
        cart: loaded.cart,
        devices: loaded.devices,
        inspection: loaded.inspection,
      });
      if (loaded.stale) await sessions.reseal(id);
      const { fields } = loaded;
      memory.stored = () => jsonOf(fields);
      const cookie = { originalMaxAge: fields.remember ? idleLifetime : null };
      return { ...fields, cookie, memory, toJSON: jsonOfChanged(fields) };
    } catch (error) {
      if (!(error instanceof StateUnavailable)) throw error;
      // An error here would fail every page, and `null` would sign the visitor out.
      Object.assign(memory, { outage: error, closed: true });
      return { cookie: { originalMaxAge: null }, memory };
    }
  }

  async function set(id: string, session: Session): Promise<void> {
    const fields = fieldsOf(session);
    const memory = session.memory ?? new SessionMemory();
    if (memory.closed) return;
    try {
      if (session.memory) {
        await update(id, memory, fields);
      } else {
        // An empty session is not worth a record: regenerate() saves one before there is anything in it.
        if (Object.keys(fields).length === 0) return;
        session.memory = memory;
        await sessions.create(id, fields);
      }
    } catch (error) {
      memory.closed = true;
      throw error;
    }
    const stored = jsonOf(fields);
    memory.stored = () => stored;
  }

  async function update(id: string, memory: SessionMemory, fields: SessionFields) {
    const changes = compare(memory, fields);
    if (changes && !(await sessions.update(id, changes))) throw new Problem('session-gone');
  }

  async function destroy(id: string): Promise<void> {
    // regenerate() also destroys what was never stored.
    const session = currentRequest()?.session;
    if (session?.sessionId === id && !session.memory) return;
    await sessions.destroy(id);
  }

  return {
    get: callbackify(get),
    set: callbackify(set),
    destroy: callbackify(destroy),
  };
}

function fieldsOf(session: Session): SessionFields {
  const properties = Object.entries(session) as [string, unknown][];
  return Object.fromEntries(
    properties.filter(([name, value]) => value !== undefined && !NOT_FIELDS.includes(name)),
  );
}

/**
 * @fastify/session tells a change by the session's JSON, which it makes and hashes twice a request. What was loaded
 * is frozen, so while each property is the one that was loaded there is nothing to tell.
 */
function jsonOfChanged(loaded: SessionFields) {
  const names = Object.keys(loaded);
  return function (this: Session): SessionFields | null {
    const isAsLoaded =
      Object.keys(this).length === names.length + NOT_FIELDS.length &&
      names.every((name) => this[name as keyof Session] === loaded[name]);
    return isAsLoaded ? null : fieldsOf(this);
  };
}

function jsonOf(fields: SessionFields): Map<string, string> {
  return new Map(Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)]));
}

/** @returns null where the store holds it all already */
function compare(memory: SessionMemory, fields: SessionFields): SessionChanges | null {
  const { variables = {}, ...properties } = fields;
  const stored = memory.stored();
  const before = JSON.parse(stored.get('variables') ?? '{}') as Record<string, string>;

  const changes: SessionChanges = {
    set: Object.fromEntries(
      Object.entries(properties).filter(
        ([name, value]) => stored.get(name) !== JSON.stringify(value),
      ),
    ),
    remove: [...stored.keys()].filter((name) => name !== 'variables' && !(name in properties)),
    variables: {
      set: Object.fromEntries(
        Object.entries(variables).filter(([name, value]) => before[name] !== value),
      ),
      remove: Object.keys(before).filter((name) => !Object.hasOwn(variables, name)),
    },
  };
  // A device is listed under its owner: neither goes without the other.
  if (changes.set.device || changes.set.owner) {
    const { owner, device } = fields;
    Object.assign(changes.set, { ...(owner && { owner }), ...(device && { device }) });
  }

  const touched =
    Object.keys(changes.set).length +
    changes.remove.length +
    Object.keys(changes.variables.set).length +
    changes.variables.remove.length;
  return touched > 0 ? changes : null;
}
