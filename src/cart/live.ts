import { fastifySSE } from '@fastify/sse';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { OwnerEvent } from '../state/contract.ts';
import { createStreamLimits } from './stream-limits.ts';

/** Shorter than the server waits for a connection on which nothing moves. In milliseconds. */
const HEARTBEAT = 10_000;
/** Then the browser comes again by itself, and its session is looked at anew. In milliseconds. */
const LONGEST = 3_600_000;
/** A reader that lets so many bytes pile up has gone. */
const MOST_UNREAD = 64 * 1024;
const RETRY_AFTER_SECONDS = 30;

/**
 * GET /cart/events: tells every open page of an owner that the cart has changed, and a signed-out one that
 * it is. An event carries the version alone; whoever is behind fetches the cart once.
 */
export const liveCart: FastifyPluginAsync = async (app) => {
  await app.register(fastifySSE, { heartbeatInterval: HEARTBEAT });
  const limits = createStreamLimits();
  const open = new Set<() => void>();

  // close() would wait for streams as long as they are open.
  app.addHook('preClose', async () => {
    for (const end of open) end();
  });

  app.get(
    '/cart/events',
    { sse: { kind: 'manual' }, exposeHeadRoute: false },
    async (request, reply) => {
      const { owner } = request.session;
      // 204 tells an EventSource not to come again.
      if (!owner) return reply.code(204).send();
      const place = limits.take(request.ip, owner);
      if (typeof place === 'string') return refuse(reply, place);

      let end = place;
      const stop = await app.state.events
        .watch(owner, (event) => void heed(event, request, reply, () => end()))
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
      open.add(end);
      reply.sse.keepAlive();
      reply.sse.onClose(end);
      // Who left while we were getting ready is told by nobody.
      if (!reply.sse.isConnected) return end();

      // Read after watching began: nothing can fall in between.
      const { version } = await app.state.carts.read(owner);
      return reply.sse.send(cartEvent(version));
    },
  );

  async function heed(
    event: OwnerEvent,
    { sessionHash }: FastifyRequest,
    { raw, sse }: FastifyReply,
    end: () => void,
  ): Promise<void> {
    if (!sse.isConnected) return;
    if (raw.writableLength > MOST_UNREAD) {
      raw.destroy();
    } else if (event.kind === 'cart') {
      await sse.send(cartEvent(event.version));
    } else if (event.kind === 'missed') {
      await sse.send({ event: 'missed', data: {} });
    } else if (event.session === sessionHash) {
      await sse.send({ event: 'signed-out', data: {} });
      end();
    }
  }
};

function cartEvent(version: number) {
  return { id: String(version), event: 'cart', data: { version } };
}

function refuse(reply: FastifyReply, limit: 'overall' | 'address' | 'owner') {
  return reply
    .code(limit === 'overall' ? 503 : 429)
    .header('retry-after', RETRY_AFTER_SECONDS)
    .send();
}

function lifetimeLeft({ session, server }: FastifyRequest, now: number): number {
  const end = (session.created ?? now) + server.lifetimes.sessionAbsolute;
  return Math.min(end - now, LONGEST);
}
