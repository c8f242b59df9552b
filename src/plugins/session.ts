import cookie from '@fastify/cookie';
import session from '@fastify/session';
import type { FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import type { Config } from '../config.ts';
import { deriveKey } from '../derived-key.ts';
import {
  emptyCart,
  type Cart,
  type Device,
  type DeviceTraits,
  type Owner,
  type SessionInspection,
} from '../state/contract.ts';
import { hashSessionId } from '../state/sealed-sessions.ts';
import { createCookieSigner } from './cookie-signer.ts';
import { newSessionId } from './session-ids.ts';
import { createSessionStore, type SessionMemory } from './session-store.ts';

declare module 'fastify' {
  interface Session {
    /** When the session began; the store sets it. */
    created?: number;
    /** Whose cart this browser sees. */
    owner?: Owner;
    device?: DeviceTraits;
    /** "Keep me signed in": the cookie outlives the browser. */
    remember?: boolean;
    /** When the browser was last given its cookie. */
    issued?: number;
    /** The pairs set by hand on the session page. */
    variables?: Record<string, string>;
    flash?: Record<string, string[]>;
    /** Not stored: what came with the session from the store. */
    memory?: SessionMemory;
    /** Not stored: by what it answers, @fastify/session tells a change. */
    toJSON?: (this: Session) => unknown;
  }
  interface FastifyInstance {
    /** The session's cookie, as browsers are given it. */
    sessionCookie: Readonly<{
      name: string;
      secure: boolean;
      httpOnly: boolean;
      sameSite: 'lax';
      path: string;
    }>;
  }
  interface FastifyRequest {
    /** The cart of whoever asks, as it came with their session. */
    readonly cart: Cart;
    /** The user's devices, on routes that ask for them. */
    readonly devices: Device[];
    /** This session as the store held it when it was loaded, on routes that ask for it. */
    readonly inspection: SessionInspection | null;
    /** The hash under which the store keeps this session; names it among the user's devices. */
    readonly sessionHash: string;
  }
  interface FastifyReply {
    /** Ends the session for good and takes the cookie back. The request goes on as a stranger's. */
    endSession(): Promise<void>;
    sessionEnded: boolean;
  }
  interface FastifyContextConfig {
    /** This page can be shown, to a stranger, while the state store is down. */
    withoutState?: boolean;
    /** This page lists the user's devices. */
    devices?: boolean;
    /** This page shows how the store holds the session. */
    inspection?: boolean;
  }
}

interface Options {
  config: Config;
}

/** Server-side sessions: @fastify/session over the state store. */
export default plugin<Options>(
  async (app, { config }) => {
    const { lifetimes, secrets, secure } = config;
    // A __Host- cookie cannot be set by a sibling domain, nor without TLS (RFC 6265bis, 4.1.3.2).
    const cookieName = secure ? '__Host-satchel' : 'satchel';

    const attributes = { secure, httpOnly: true, sameSite: 'lax', path: '/' } as const;

    app.decorate('sessionCookie', { name: cookieName, ...attributes });

    await app.register(cookie);
    await app.register(session, {
      secret: createCookieSigner(secrets.map(signingKey)),
      cookieName,
      cookie: { ...attributes },
      idGenerator: newSessionId,
      rolling: false,
      saveUninitialized: false,
      store: createSessionStore(app.state.sessions, {
        currentRequest: () => app.currentRequest.getStore(),
        idleLifetime: lifetimes.sessionIdle,
      }),
    });

    app.decorateRequest('cart', {
      getter(this: FastifyRequest) {
        return this.session.memory?.cart ?? emptyCart;
      },
    });
    app.decorateRequest('devices', {
      getter(this: FastifyRequest) {
        return this.session.memory?.devices ?? [];
      },
    });
    app.decorateRequest('inspection', {
      getter(this: FastifyRequest) {
        return this.session.memory?.inspection ?? null;
      },
    });
    app.decorateRequest('sessionHash', {
      getter(this: FastifyRequest) {
        return hashSessionId(this.session.sessionId);
      },
    });
    app.decorateReply('sessionEnded', false);
    app.decorateReply('endSession', async function (this: FastifyReply) {
      await this.request.session.regenerate();
      this.sessionEnded = true;
      // Not "cookies": that would take the siblings' too, and the one by which this device is known.
      // Not "cache": no page is in it, only what everyone may have, and Chromium takes seconds over it.
      this.header('clear-site-data', '"storage"');
    });

    app.addHook('onRequest', (request, _reply, done) => {
      const memory = request.session.memory;
      if (!memory) return done();
      if (memory.outage && !request.routeOptions.config.withoutState) return done(memory.outage);
      if (!memory.closed && needsNewCookie(request)) request.session.issued = app.clock();
      done();
    });

    app.addHook('onSend', (request, reply, _payload, done) => {
      // An outage says nothing about the session: the browser keeps its cookies.
      const outage = memoryOf(request)?.closed || reply.statusCode === 503;
      if (outage) reply.removeHeader('set-cookie');
      else settleCookie(reply);
      const { length } = request.trips;
      const duration = request.trips.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
      reply.header('server-timing', `store;desc="${length} trips";dur=${duration.toFixed(2)}`);
      done();
    });

    /**
     * @fastify/session clears a cookie whose session it does not find. But a request may have been on its way
     * while the id rotated in another tab: its answer must not take the new cookie away. And where the cookie
     * is to go, that takes an attribute which it leaves out: without Secure, browsers pass over a __Host- name.
     */
    function settleCookie(reply: FastifyReply): void {
      const header = reply.getHeader('set-cookie');
      if (header === undefined && !reply.sessionEnded) return;
      const lines = [header ?? []].flat().map(String);
      const kept = lines.filter((line) => !line.startsWith(`${cookieName}=;`));
      if (reply.sessionEnded) {
        kept.push(app.serializeCookie(cookieName, '', { ...attributes, expires: new Date(0) }));
      }
      reply.removeHeader('set-cookie');
      if (kept.length > 0) reply.header('set-cookie', kept);
    }

    /**
     * A changed session is saved, and its cookie sent again. That is due when the cookie is past half its
     * life, and after a rotation of the secret: @fastify/session would take a cookie signed with the old
     * one for a foreign one, and clear it.
     */
    function needsNewCookie({ session, cookies }: FastifyRequest): boolean {
      if (cookies[cookieName] !== session.encryptedSessionId) return true;
      const age = app.clock() - (session.issued ?? 0);
      return session.remember === true && age > lifetimes.sessionIdle / 2;
    }
  },
  { name: 'session', dependencies: ['state'] },
);

/** A request that was refused early has no session yet, which the types do not say. */
function memoryOf(request: FastifyRequest): SessionMemory | undefined {
  return (request.session as FastifyRequest['session'] | null)?.memory;
}

/** Apart from the sealing key, which comes from the same secret: one use, one key. */
function signingKey(secret: string): Buffer {
  return deriveKey(secret, 'cookie signature');
}
