import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

interface Asked {
  method: string;
  url: string;
  payload?: string;
  headers?: Record<string, string>;
}

/** A shop in another process, shaped so that the tests' `Browser` can use it. */
export function httpSite(port: number): { app: { inject: FastifyInstance['inject'] } } {
  const agent = new Agent({ keepAlive: false });

  async function ask({ method, url, payload, headers }: Asked) {
    const request = httpRequest({ agent, host: 'localhost', port, method, path: url, headers });
    request.end(payload);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return {
      statusCode: response.statusCode,
      headers: response.headers,
      body: Buffer.concat(chunks).toString(),
      cookies: (response.headers['set-cookie'] ?? []).map(readCookie),
    };
  }
  return { app: { inject: ask as never } };
}

function readCookie(header: string) {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
  return { name, value: decodeURIComponent(value) };
}
