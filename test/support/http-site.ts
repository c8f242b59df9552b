import { Agent, request } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { answerOf, type Asked } from './answer.ts';

/** Makes a shop in another process usable by a `Browser`. Connections are kept open, as browsers do. */
export function httpSite(
  port: number,
  agent = new Agent({ keepAlive: true }),
): { app: { inject: FastifyInstance['inject'] } } {
  const inject = ({ method, url, payload, headers }: Asked) =>
    answerOf(request({ agent, port, host: 'localhost', method, path: url, headers }), payload);
  return { app: { inject: inject as never } };
}
