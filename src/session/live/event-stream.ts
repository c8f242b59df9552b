import type { FastifyReply } from 'fastify';

interface ServerSentEvent {
  /** Comes back as Last-Event-ID from whoever lost the stream. */
  id?: string;
  event: string;
  data: object;
  /** How long to wait before coming back, in milliseconds. */
  retry?: number;
}

/** Answers with an event stream (HTML standard, 9.2 Server-sent events), from now on out of Fastify's hands. */
export function beginStream(reply: FastifyReply): void {
  reply.hijack();
  const headers = {
    ...reply.getHeaders(),
    'content-type': 'text/event-stream',
    // nginx would collect what belongs to the moment.
    'x-accel-buffering': 'no',
  };
  // As a list: an object of them would be kept as long as the stream lasts.
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
