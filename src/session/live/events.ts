import { randomInt } from 'node:crypto';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import type { OwnerEvent } from '../../store/contract/events.ts';
import { forEveryone } from '../access.ts';
import { beginStream, endStream, sendEvent } from './event-stream.ts';
import { createStreamLimits } from './stream-limits.ts';

/** Time between two heartbeats, in milliseconds. Server and pages close a connection only after a longer silence. */
const HEARTBEAT = 10_000;
/**
 * A stream ends after this long, in milliseconds. The browser then connects again, and its session is checked again.
 */
const LONGEST = 3_600_000;
const RETRY_AFTER_SECONDS = 30;
/**
 * How long a browser waits before it connects again, in milliseconds. It is random, so that after a restart not all
 * browsers connect at once.
 */
const retryTime = () => randomInt(500, 2000);

const PATHS = ['/events'];
// The old address is an alias until the next release.
PATHS.push('/cart/events'); // shop

/**
 * GET /events: tells every open page of an owner what has changed, and a signed-out page that it is signed out. An event
 * contains only a version; a page that shows an older one loads itself once.
 */
const events: FastifyPluginAsync = async (app) => {
  forEveryone(app);
  const limits = createStreamLimits();
  const open = new Map<FastifyReply, () => void>();
  app.metrics.watch('live_streams', 'Open event streams', () => open.size);
  let closing = false;
  const heartbeat = setInterval(() => {
    for (const reply of open.keys()) sendHeartbeat(reply);
  }, HEARTBEAT).unref();

  // Without this, close() would wait as long as the streams are open.
  app.addHook('preClose', async () => {
    closing = true;
    clearInterval(heartbeat);
    for (const end of open.values()) end();
  });

  for (const path of PATHS) {
    // The route that Fastify adds for HEAD would open a stream.
    app.head(path, async (_request, reply) => reply.type('text/event-stream').send());
    app.get(path, { exposeHeadRoute: false }, openStream);
  }

  async function openStream(request: FastifyRequest, reply: FastifyReply) {
    const { owner, sessionId } = request.session;
    const { user, sessionHash } = request;
    // 204 tells an EventSource not to connect again.
    if (!owner) return reply.code(204).send();
    const uncount = limits.take(request.ip, owner);
    if (typeof uncount === 'string') {
      const limit = `streams of ${uncount}`;
      request.audit('excess_rate_limit_exceeded', { limit, retryAfter: RETRY_AFTER_SECONDS });
      return refuse(reply, uncount === 'all' ? 503 : 429);
    }

    let end = uncount;
    reply.raw.on('close', () => end());
    // Events that arrive before the stream has begun.
    const early: OwnerEvent[] = [];
    let onEvent = (event: OwnerEvent): void => void early.push(event);
    const stop = await app.store.events.watch(owner, (event) => onEvent(event));
    let timer: NodeJS.Timeout | undefined;
    end = () => {
      stop();
      clearTimeout(timer);
      uncount();
      open.delete(reply);
      endStream(reply);
    };

    // Read after watching has begun, so that no change is missed in between.
    const isAlive = !user || (await app.store.sessions.has(owner, sessionId));
    const { version } = await app.store.carts.read(owner); // shop
    // The client may have left, or the app may have begun to close, while this function waited.
    if (closing || reply.raw.destroyed) {
      end();
      return refuse(reply, 503);
    }

    beginStream(reply);
    sendHeartbeat(reply, retryTime());
    open.set(reply, end);
    timer = setTimeout(() => end(), lifetimeLeft(request, app.clock()));
    onEvent = (event) => passOn(event, sessionHash, reply, end);
    if (!isAlive) signOut(reply, end);
    const isBehind = request.headers['last-event-id'] !== String(version); // shop
    if (isAlive && isBehind) sendVersion(reply, version); // shop
    for (const event of early) onEvent(event);
    releaseMemory(request);
    return undefined;
  }
};

export default plugin((app) => app.register(events), {
  name: 'events',
  dependencies: ['metrics', 'store', 'identity'],
});

function passOn(event: OwnerEvent, session: string, reply: FastifyReply, end: () => void): void {
  // Events are small and rare. A reader that does not take them is gone.
  if (reply.raw.writableNeedDrain) return void reply.raw.destroy();
  if (event.kind === 'cart') return sendVersion(reply, event.version); // shop
  if (event.kind === 'missed') sendEvent(reply, { event: 'missed', data: {} });
  else if (event.session === session) signOut(reply, end);
}

// shop {
function sendVersion(reply: FastifyReply, version: number): void {
  sendEvent(reply, { id: String(version), event: 'cart', data: { version } });
}
// } shop

function sendHeartbeat(reply: FastifyReply, retry?: number): void {
  if (!reply.raw.writableNeedDrain) sendEvent(reply, { event: 'beat', data: {}, retry });
}

function signOut(reply: FastifyReply, end: () => void): void {
  sendEvent(reply, { event: 'signed-out', data: {} });
  end();
}

/**
 * Fastify keeps the request as long as its answer lasts, which may be an hour. These properties are a quarter of its
 * memory.
 */
function releaseMemory(request: FastifyRequest): void {
  Object.assign(request, { session: null, roundTrips: null });
  Object.assign(request.raw, { headers: {}, rawHeaders: [] });
}

function refuse(reply: FastifyReply, status: 429 | 503) {
  return reply.code(status).header('retry-after', RETRY_AFTER_SECONDS).send();
}

function lifetimeLeft({ session, server }: FastifyRequest, now: number): number {
  const end = (session.created ?? now) + server.lifetimes.sessionAbsolute;
  return Math.min(end - now, LONGEST);
}
