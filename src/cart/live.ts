import { randomInt } from 'node:crypto';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { OwnerEvent } from '../state/contract.ts';
import { beginStream, endStream, sendEvent } from './event-stream.ts';
import { createStreamLimits } from './stream-limits.ts';

/** Shorter than the server waits for a connection on which nothing moves, and than pages do. In milliseconds. */
const HEARTBEAT = 10_000;
/** Then the browser comes again by itself, and its session is looked at anew. In milliseconds. */
const LONGEST = 3_600_000;
const RETRY_AFTER_SECONDS = 30;
/** How long a browser waits before it comes again, in milliseconds: not all at once after a restart. */
const retryTime = () => randomInt(500, 2000);

/**
 * GET /cart/events: tells every open page of an owner that the cart has changed, and a signed-out one that
 * it is. An event carries the version alone; whoever is behind fetches the cart once.
 */
export const liveCart: FastifyPluginAsync = async (app) => {
  const limits = createStreamLimits();
  const open = new Map<FastifyReply, () => void>();
  app.metrics.watch('live_streams', 'Open pages that hear of their cart', () => open.size);
  let closing = false;
  const heart = setInterval(() => {
    for (const reply of open.keys()) beat(reply);
  }, HEARTBEAT).unref();

  // close() would wait for streams as long as they are open.
  app.addHook('preClose', async () => {
    closing = true;
    clearInterval(heart);
    for (const end of open.values()) end();
  });

  // Else HEAD would open a stream.
  app.head('/cart/events', async (_request, reply) => reply.type('text/event-stream').send());

  app.get('/cart/events', { exposeHeadRoute: false }, async (request, reply) => {
    const { owner, sessionId } = request.session;
    const { user, sessionHash } = request;
    // 204 tells an EventSource not to come again.
    if (!owner) return reply.code(204).send();
    const place = limits.take(request.ip, owner);
    if (typeof place === 'string') {
      const limit = `streams of ${place}`;
      request.audit('excess_rate_limit_exceeded', { limit, retryAfter: RETRY_AFTER_SECONDS });
      return refuse(reply, place === 'all' ? 503 : 429);
    }

    let end = place;
    reply.raw.on('close', () => end());
    const early: OwnerEvent[] = [];
    let hear = (event: OwnerEvent): void => void early.push(event);
    const stop = await app.state.events.watch(owner, (event) => hear(event));
    let timer: NodeJS.Timeout | undefined;
    end = () => {
      stop();
      clearTimeout(timer);
      place();
      open.delete(reply);
      endStream(reply);
    };

    // Read after watching began: nothing can fall in between.
    const [{ version }, isAlive] = await Promise.all([
      app.state.carts.read(owner),
      !user || app.state.sessions.has(owner, sessionId),
    ]);
    // Whoever left while we were getting ready is told by nobody.
    if (closing || reply.raw.destroyed) {
      end();
      return refuse(reply, 503);
    }

    beginStream(reply);
    open.set(reply, end);
    timer = setTimeout(() => end(), lifetimeLeft(request, app.clock()));
    hear = (event) => heed(event, sessionHash, reply, end);
    if (!isAlive) signOut(reply, end);
    else if (request.headers['last-event-id'] !== String(version)) tell(reply, version);
    for (const event of early) hear(event);
    forget(request);
  });
};

function heed(event: OwnerEvent, session: string, reply: FastifyReply, end: () => void): void {
  // Events are small and rare: a reader for whom they pile up has gone.
  if (reply.raw.writableNeedDrain) reply.raw.destroy();
  else if (event.kind === 'cart') tell(reply, event.version);
  else if (event.kind === 'missed') sendEvent(reply, { event: 'missed', data: {} });
  else if (event.session === session) signOut(reply, end);
}

function tell(reply: FastifyReply, version: number): void {
  const retry = retryTime();
  sendEvent(reply, { id: String(version), event: 'cart', data: { version }, retry });
}

function beat(reply: FastifyReply): void {
  if (!reply.raw.writableNeedDrain) sendEvent(reply, { event: 'beat', data: {} });
}

function signOut(reply: FastifyReply, end: () => void): void {
  sendEvent(reply, { event: 'signed-out', data: {} });
  end();
}

/** Fastify holds on to a request as long as its answer lasts, which is an hour here. Of each, this is a quarter. */
function forget(request: FastifyRequest): void {
  Object.assign(request, { session: null, trips: null });
  Object.assign(request.raw, { headers: {}, rawHeaders: [] });
}

function refuse(reply: FastifyReply, status: 429 | 503) {
  return reply.code(status).header('retry-after', RETRY_AFTER_SECONDS).send();
}

function lifetimeLeft({ session, server }: FastifyRequest, now: number): number {
  const end = (session.created ?? now) + server.lifetimes.sessionAbsolute;
  return Math.min(end - now, LONGEST);
}
