import type { FastifyReply } from 'fastify';

interface ServerSentEvent {
  /** A browser that connects again sends the last id as Last-Event-ID. */
  id?: string;
  event: string;
  data: object;
  /** How long the browser waits before it connects again, in milliseconds. */
  retry?: number;
}

/** Begins an event stream (HTML standard, 9.2 Server-sent events). From then on Fastify does not handle the answer. */
export function beginStream(reply: FastifyReply): void {
  reply.hijack();
  const headers = {
    ...reply.getHeaders(),
    'content-type': 'text/event-stream',
    // Without this header nginx would buffer events.
    'x-accel-buffering': 'no',
  };
  // A list of headers, because Node would keep an object in memory as long as the stream is open.
  reply.raw.writeHead(200, Object.entries(headers).flat().map(String));
  reply.raw.flushHeaders();
}

export function sendEvent({ raw }: FastifyReply, { id, event, data, retry }: ServerSentEvent) {
  if (raw.destroyed || raw.writableEnded) return;
  const fields = [
    ...(id === undefined ? [] : [`id: ${id}`]),
    `event: ${event}`,
    `data: ${JSON.stringify(data)}`,
    ...(retry === undefined ? [] : [`retry: ${retry}`]),
  ];
  raw.write(`${fields.join('\n')}\n\n`);
}

export function endStream({ raw }: FastifyReply): void {
  if (raw.headersSent) raw.end();
}
