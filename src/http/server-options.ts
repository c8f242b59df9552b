import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { RawRequestDefaultExpression as RawRequest } from 'fastify';
import { formats } from '../lib/forms/formats.ts';
import type { Config } from '../settings/config.ts';
import { createHostCheck } from './our-host.ts';
import { readTarget } from './request-target.ts';
import { securityHeaders } from './security-headers.ts';

const second = 1000;

/** Returns the options of the HTTP server: its limits and timeouts. Sizes are in bytes, times in milliseconds. */
export function serverOptions(config: Config) {
  const headers = securityHeaders(config);
  const isOurHost = createHostCheck(config);

  return {
    // Numbers in a row would tell everybody how many requests there are.
    genReqId: () => `req-${randomUUID()}`,
    // While the server closes, running requests are still answered: see operations/drain.ts.
    return503OnClosing: false,
    bodyLimit: 64 * 1024,
    requestTimeout: 10 * second,
    // A client that reads nothing of its answer is disconnected after one to two times this time. It must be longer
    // than the 10 seconds between two heartbeats of an event stream.
    connectionTimeout: 12 * second,
    // An idle connection is closed within 12 seconds. Node tells the client 10 and waits 11, so that no request is on its
    // way at that moment.
    keepAliveTimeout: 10 * second,
    http: {
      maxHeaderSize: 16 * 1024,
      // request-checks.ts checks the Host header. Its answer has the security headers, the answer of Node would not.
      requireHostHeader: false,
      headersTimeout: 8 * second,
      // How often Node checks the two timeouts. With the default of 30 s a client could stay for 40 s.
      connectionsCheckingInterval: second,
    },
    // request-checks.ts limits the length of the whole URL.
    routerOptions: { maxParamLength: 8 * 1024 },
    ajv: {
      customOptions: {
        allErrors: true,
        coerceTypes: false as const,
        removeAdditional: false,
        strict: false,
        formats,
      },
    },

    /** Replaces a target that cannot be used, so that the router finds a route and request-checks.ts can refuse it. */
    rewriteUrl({ url = '/' }: RawRequest) {
      return readTarget(url, isOurHost) ?? '/';
    },

    /** Answers a request that is not valid HTTP, is too large or comes too slowly. */
    clientErrorHandler(error: NodeJS.ErrnoException, socket: Socket) {
      if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
      // The body may turn out to be wrong when the head was already answered. One request gets one answer.
      const { _httpMessage: answer } = socket as Socket & { _httpMessage?: ServerResponse };
      if (answer?.headersSent) return void socket.end(() => socket.destroy());
      const status = statusOf(error);
      const fields = { ...headers, connection: 'close', 'content-length': '0' };
      const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`, () =>
        socket.destroy(),
      );
    },
  };
}

function statusOf({ code }: NodeJS.ErrnoException): number {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return 413;
  return 400;
}
