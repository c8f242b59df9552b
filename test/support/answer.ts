import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

/** A request as a `Browser` passes it to an app. Here it goes to a real server. */
export interface Asked {
  method: string;
  url: string;
  payload?: string | Buffer;
  headers?: Record<string, string>;
}

/** Sends the request and returns its answer in the form of Fastify's `inject`. */
export async function answerOf(request: ClientRequest, payload?: string | Buffer) {
  request.end(payload);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return {
    statusCode: response.statusCode,
    headers: response.headers,
    body: await text(response),
    cookies: (response.headers['set-cookie'] ?? []).map(readCookie),
  };
}

function readCookie(header: string) {
  const [pair = '', ...attributes] = header.split('; ');
  const [name = '', value = ''] = pair.split(/=(.*)/s);
  const maxAge = attributes.find((attribute) => /^max-age=/i.test(attribute));
  return {
    name,
    value: decodeURIComponent(value),
    maxAge: maxAge ? Number(maxAge.slice('max-age='.length)) : undefined,
  };
}
