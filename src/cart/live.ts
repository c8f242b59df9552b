import { randomInt } from 'node:crypto';
import { fastifySSE } from '@fastify/sse';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { OwnerEvent } from '../state/contract.ts';
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
  // Its comments are for proxies: an EventSource passes over them, and our page would not know that it was left alone.
  await app.register(fastifySSE, { heartbeatInterval: 0 });
  const limits = createStreamLimits();
  const open = new Map<() => void, FastifyReply>();
  let closing = false;
  const heart = setInterval(() => {
    for (const reply of open.values()) beat(reply);
  }, HEARTBEAT).unref();

  // close() would wait for streams as long as they are open.
  app.addHook('preClose', async () => {
    closing = true;
    clearInterval(heart);
    for (const end of open.keys()) end();
  });

  // Else HEAD would open a stream.
  app.head('/cart/events', async (_request, reply) => reply.type('text/event-stream').send());

  app.get(
    '/cart/events',
    { sse: { kind: 'manual' }, exposeHeadRoute: false },
    async (request, reply) => {
      const { owner } = request.session;
      // 204 tells an EventSource not to come again.
      if (!owner) return reply.code(204).send();
      const place = limits.take(request.ip, owner);
      if (typeof place === 'string') {
        const limit = `streams of ${place}`;
        request.audit('excess_rate_limit_exceeded', { limit, retryAfter: RETRY_AFTER_SECONDS });
        return refuse(reply, place === 'all' ? 503 : 429);
      }

      let end = place;
      const stop = await app.state.events
        .watch(owner, (event) => heed(event, request, reply, () => end()))
        .catch((error: unknown) => {
          place();
          throw error;
        });
      const timer = setTimeout(() => end(), lifetimeLeft(request, app.clock()));
      end = () => {
        stop();
        clearTimeout(timer);
        place();
        open.delete(end);
        reply.sse.close();
      };
      open.set(end, reply);
      reply.sse.keepAlive();
      reply.sse.onClose(end);

      // Read after watching began: nothing can fall in between.
      const [{ version }, isAlive] = await Promise.all([
        app.state.carts.read(owner),
        !request.user || app.state.sessions.has(owner, request.session.sessionId),
      ]);
      // Whoever left while we were getting ready is told by nobody.
      if (closing || !reply.sse.isConnected) {
        end();
        return refuse(reply, 503);
      }
      if (!isAlive) return signOut(reply, end);
      if (request.headers['last-event-id'] !== String(version)) return tell(reply, version);
      reply.sse.sendHeaders();
      reply.raw.flushHeaders();
    },
  );

  function heed(
    event: OwnerEvent,
    { sessionHash }: FastifyRequest,
    reply: FastifyReply,
    end: () => void,
  ): void {
    if (!reply.sse.isConnected) return;
    // Events are small and rare: a reader for whom they pile up has gone.
    if (reply.raw.writableNeedDrain) reply.raw.destroy();
    else if (event.kind === 'cart') tell(reply, event.version);
    else if (event.kind === 'missed') void reply.sse.send({ event: 'missed', data: {} });
    else if (event.session === sessionHash) signOut(reply, end);
  }
};

function tell({ sse }: FastifyReply, version: number): void {
  void sse.send({ id: String(version), event: 'cart', data: { version }, retry: retryTime() });
}

/** Not into an answer that is no stream yet, and may become a refusal. */
function beat({ sse, raw }: FastifyReply): void {
  if (sse.isConnected && raw.headersSent && !raw.writableNeedDrain) {
    void sse.send({ event: 'beat', data: {} });
  }
}

function signOut({ sse }: FastifyReply, end: () => void): void {
  void sse.send({ event: 'signed-out', data: {} });
  end();
}

function refuse(reply: FastifyReply, status: 429 | 503) {
  return reply.code(status).header('retry-after', RETRY_AFTER_SECONDS).send();
}

function lifetimeLeft({ session, server }: FastifyRequest, now: number): number {
  const end = (session.created ?? now) + server.lifetimes.sessionAbsolute;
  return Math.min(end - now, LONGEST);
}
