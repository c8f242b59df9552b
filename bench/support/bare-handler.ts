/**
 * What Fastify and ioredis cost by themselves: one GET, then the page as it was given, with its headers.
 * Takes the pages from the process that forked it and answers the port.
 */
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { Redis } from 'ioredis';

export interface BarePage {
  url: string;
  headers: Record<string, string>;
  body: string;
}

export interface BareTask {
  redisUrl: string;
  /** What to ask Redis for. */
  key: string;
  pages: BarePage[];
}

process.once('message', (task: BareTask) => void serve(task));

async function serve({ redisUrl, key, pages }: BareTask): Promise<void> {
  const redis = new Redis(redisUrl);
  const app = Fastify();
  for (const { url, headers, body } of pages) {
    app.get(url, async (_request, reply) => {
      await redis.get(key);
      return reply.headers(headers).send(body);
    });
  }
  await app.listen({ port: 0 });
  process.send?.((app.server.address() as AddressInfo).port);
}
