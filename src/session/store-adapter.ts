import { callbackify } from 'node:util';
import type { FastifySessionOptions } from '@fastify/session';
import type { FastifyRequest, Session } from 'fastify';
import { SessionGone, StoreUnavailable } from '../store/contract/errors.ts';
import type { SessionFields, SessionStore } from '../store/contract/sessions.ts';
import { changesOf, fieldsOf, jsonOf } from './fields.ts';
import { LoadedWithSession } from './loaded.ts';
import { requireDeclared } from './properties.ts';
import { jsonWhenChanged } from './speed/unchanged.ts';

interface Options {
  /** The request that is being answered. The interface of @fastify/session does not pass it on. */
  currentRequest: () => FastifyRequest | undefined;
  /** In milliseconds. */
  idleLifetime: number;
  /** Refuses to save a property that is not declared in properties.ts. */
  onlyDeclared?: boolean;
}

/**
 * The store interface of @fastify/session on top of our own store. @fastify/session calls `set` with the whole session;
 * this adapter writes only what changed.
 */
export function createStoreAdapter(
  sessions: SessionStore,
  { currentRequest, idleLifetime, onlyDeclared = false }: Options,
): NonNullable<FastifySessionOptions['store']> {
  async function get(id: string): Promise<Session | null> {
    const request = currentRequest();
    if (request?.rotated?.id === id) return restore(request.rotated.fields, request.session.loaded);
    const loaded = new LoadedWithSession();
    const { devices, inspection } = request?.routeOptions.config ?? {};
    try {
      const found = await sessions.load(id, { devices, inspection });
      if (!found) return null;
      if (found.stale) await sessions.reseal(id);
      loaded.cart = found.cart; // shop
      loaded.devices = found.devices;
      loaded.inspection = found.inspection;
      return restore(found.fields, loaded);
    } catch (error) {
      // docs: outage
      if (!(error instanceof StoreUnavailable)) throw error;
      // An error here would fail every page, and `null` would sign the visitor out.
      loaded.outage = error;
      loaded.closed = true;
      return { cookie: { originalMaxAge: null }, loaded };
      // docs: end
    }
  }

  function restore(fields: Readonly<SessionFields>, loaded = new LoadedWithSession()): Session {
    loaded.stored = () => jsonOf(fields);
    const cookie = { originalMaxAge: fields.remember ? idleLifetime : null };
    return { ...fields, cookie, loaded, toJSON: jsonWhenChanged(fields) };
  }

  async function set(id: string, session: Session): Promise<void> {
    const fields = fieldsOf(session);
    const { loaded } = session;
    if (loaded?.closed) return;
    try {
      if (loaded) await update(id, loaded, fields);
      else await create(id, session, fields);
    } catch (error) {
      if (session.loaded) session.loaded.closed = true;
      throw error;
    }
  }

  async function update(id: string, loaded: LoadedWithSession, fields: SessionFields) {
    const changes = changesOf(loaded.stored(), fields);
    if (changes && onlyDeclared) requireDeclared(Object.keys(changes.set));
    if (changes && !(await sessions.update(id, changes))) throw new SessionGone();
    const stored = jsonOf(fields);
    loaded.stored = () => stored;
  }

  async function create(id: string, session: Session, fields: SessionFields) {
    // `regenerate` saves a session before there is anything in it. An empty session needs no record.
    if (Object.keys(fields).length === 0) return;
    if (onlyDeclared) requireDeclared(Object.keys(fields));
    session.loaded = new LoadedWithSession();
    // A browser in which somebody signs in has sent a form before. Of a guest this may be the only request.
    const isFirstVisit = !fields.device;
    await sessions.create(id, fields, isFirstVisit);
    const stored = jsonOf(fields);
    session.loaded.stored = () => stored;
  }

  async function destroy(id: string): Promise<void> {
    // `regenerate` also destroys a session that was never stored.
    const session = currentRequest()?.session;
    if (session?.sessionId === id && !session.loaded) return;
    await sessions.destroy(id);
  }

  return {
    get: callbackify(get),
    set: callbackify(set),
    destroy: callbackify(destroy),
  };
}
