import cookie from '@fastify/cookie';
import session from '@fastify/session';
import type { FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { deriveKey } from '../lib/derived-key.ts';
import type { Config } from '../settings/config.ts';
import type { SessionInspection } from '../store/contract/inspection.ts';
import type { Owner } from '../store/contract/owner.ts';
import type { Device, DeviceTraits } from '../store/contract/sessions.ts';
import { hashSessionId } from '../store/sealing/sealed-sessions.ts';
import { createForgeryReports } from './forged-cookies.ts';
import { cookieNameOf } from './cookie-names.ts';
import type { LoadedWithSession } from './loaded.ts';
import { createCookieSigner } from './speed/cookie-signer.ts';
import { newSessionId } from './speed/session-ids.ts';
import { createStoreAdapter } from './store-adapter.ts';

declare module 'fastify' {
  interface Session {
    /** When the session began, in milliseconds. The store sets it. */
    created?: number;
    /** The owner of what this browser sees. */
    owner?: Owner;
    device?: DeviceTraits;
    /** "Keep me signed in": the cookie outlives the browser. */
    remember?: boolean;
    /** When the browser last got its cookie, in milliseconds. */
    issued?: number;
    /** The pairs that the user sets on the session page. */
    variables?: Record<string, string>;
    flash?: Record<string, string[]>;
    /** Not stored: what the store returned with the session. */
    loaded?: LoadedWithSession;
    /** Not stored: see speed/unchanged.ts. */
    toJSON?: (this: Session) => unknown;
  }
  interface FastifyInstance {
    /** Returns the value of the session's cookie for an id. */
    signSessionId(id: string): string;
    /** The attributes of the session's cookie. */
    sessionCookie: Readonly<{
      name: string;
      secure: boolean;
      httpOnly: boolean;
      sameSite: 'lax';
      path: string;
    }>;
  }
  interface FastifyRequest {
    /** The user's devices, on routes with `devices` in their config. */
    readonly devices: Device[];
    /** This session as the store held it when it was loaded, on routes with `inspection` in their config. */
    readonly inspection: SessionInspection | null;
    /** The hash under which the store keeps this session. It is also the id of this device. */
    readonly sessionHash: string;
  }
  interface FastifyReply {
    /** Ends the session and takes the cookie back. The rest of the request runs without a session. */
    endSession(): Promise<void>;
    sessionEnded: boolean;
  }
  interface FastifyContextConfig {
    /** This page can be shown to a stranger while the store is down. */
    withoutStore?: boolean;
    /** This page lists the user's devices: how many, those that were seen last; `true` for all. */
    devices?: number | boolean;
    /** This page shows how the store holds the session. */
    inspection?: boolean;
  }
}

interface Options {
  config: Config;
}

/** Server-side sessions: @fastify/session on top of our store. */
export default plugin<Options>(
  async (app, { config }) => {
    const { lifetimes, secrets, secure } = config;
    const cookieName = cookieNameOf('satchel', config.publicUrl);
    const attributes = { secure, httpOnly: true, sameSite: 'lax', path: '/' } as const;

    app.decorate('sessionCookie', { name: cookieName, ...attributes });

    const signer = createCookieSigner(secrets.map(signingKey));
    app.decorate('signSessionId', signer.sign);

    // docs: register
    await app.register(cookie);
    await app.register(session, {
      secret: signer,
      cookieName,
      cookie: { ...attributes },
      idGenerator: newSessionId,
      rolling: false,
      saveUninitialized: false,
      store: createStoreAdapter(app.store.sessions, {
        currentRequest: () => app.currentRequest.getStore(),
        idleLifetime: lifetimes.sessionIdle,
        onlyDeclared: !config.production,
      }),
    });
    // docs: end

    app.decorateRequest('devices', {
      getter(this: FastifyRequest) {
        return this.session.loaded?.devices ?? [];
      },
    });
    app.decorateRequest('inspection', {
      getter(this: FastifyRequest) {
        return this.session.loaded?.inspection ?? null;
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
      // Not "cookies": that would also delete the cookies of sibling hosts, and the cookie that marks a known device.
      // Not "cache": it holds no page, only public files, and Chromium takes seconds to clear it.
      this.header('clear-site-data', '"storage"');
    });

    const reportForgery = createForgeryReports(app.clock);
    app.addHook('onRequest', (request, _reply, done) => {
      const { loaded } = request.session;
      if (!loaded) {
        const sent = request.cookies[cookieName];
        if (sent && !signer.unsign(sent).valid) reportForgery(request);
        return done();
      }
      if (loaded.outage && !request.routeOptions.config.withoutStore) return done(loaded.outage);
      if (!loaded.closed && needsNewCookie(request)) request.session.issued = app.clock();
      done();
    });

    app.addHook('onSend', (request, reply, _payload, done) => {
      const outage = loadedOf(request)?.closed || reply.statusCode === 503;
      if (outage) keepCookies(request, reply);
      else settleCookie(reply);
      const { length } = request.roundTrips;
      const duration = request.roundTrips.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
      reply.header('server-timing', `store;desc="${length} trips";dur=${duration.toFixed(2)}`);
      done();
    });

    /**
     * An outage says nothing about the session, so the browser keeps its cookies. Only when this request has rotated the
     * id, the browser needs the cookie of the new one: the old id is worthless.
     */
    function keepCookies({ rotated, session }: FastifyRequest, reply: FastifyReply): void {
      reply.removeHeader('set-cookie');
      if (!rotated) return;
      const value = app.signSessionId(rotated.id);
      const maxAge = session.remember ? lifetimes.sessionIdle / 1000 : undefined;
      reply.header('set-cookie', app.serializeCookie(cookieName, value, { ...attributes, maxAge }));
    }

    /**
     * @fastify/session clears a cookie whose session it does not find. This is wrong for a request that was on its way
     * while another tab rotated the id: its answer must not delete the new cookie. When the cookie is to be deleted,
     * `Secure` is needed too; without it browsers ignore a __Host- name.
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
     * A changed session is saved, and its cookie is sent again. This is needed when half of the cookie's life is over,
     * and when the cookie was signed with an old secret: @fastify/session would take it for a foreign one and clear it.
     */
    function needsNewCookie({ session, cookies }: FastifyRequest): boolean {
      if (cookies[cookieName] !== session.encryptedSessionId) return true;
      const age = app.clock() - (session.issued ?? 0);
      return session.remember === true && age > lifetimes.sessionIdle / 2;
    }
  },
  { name: 'session', dependencies: ['store'] },
);

/** A request that was refused early has no session yet. The types do not say so. */
function loadedOf(request: FastifyRequest): LoadedWithSession | undefined {
  return (request.session as FastifyRequest['session'] | null)?.loaded;
}

/** The key that signs cookies. It differs from the sealing key, which is derived from the same secret. */
function signingKey(secret: string): Buffer {
  return deriveKey(secret, 'cookie signature');
}
