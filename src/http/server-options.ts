import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { RawRequestDefaultExpression as RawRequest } from 'fastify';
import type { Config } from '../settings/config.ts';
import { securityHeaders } from './security-headers.ts';

const second = 1000;

/** What the HTTP server takes in, and how long it waits for it. */
export function serverOptions(config: Config) {
  const headers = securityHeaders(config);

  return {
    trustProxy: config.trustProxy.length > 0 && config.trustProxy,
    // Whoever was let in is served to the end: see plugins/drain.ts.
    return503OnClosing: false,
    bodyLimit: 64 * 1024,
    requestTimeout: 10 * second,
    // Who takes nothing of an answer is dropped after this long, or twice it. Live streams say something every 10 s.
    connectionTimeout: 12 * second,
    http: {
      maxHeaderSize: 16 * 1024,
      // request-checks.ts looks at the Host, so that the refusal bears our headers.
      requireHostHeader: false,
      headersTimeout: 8 * second,
      // Node looks for late clients once in this time; its own 30 s would let them stay for 40.
      connectionsCheckingInterval: second,
    },
    // request-checks.ts counts the whole address.
    routerOptions: { maxParamLength: 8 * 1024 },
    ajv: {
      customOptions: {
        allErrors: true,
        coerceTypes: false as const,
        removeAdditional: false,
        strict: false,
      },
    },

    /** An address that cannot be read is led to the front door, where request-checks.ts turns it away. */
    rewriteUrl({ url = '/' }: RawRequest) {
      return isReadable(url) ? url : '/';
    },

    /** For what is not HTTP, or too much of it, or too slow. */
    clientErrorHandler(error: NodeJS.ErrnoException, socket: Socket) {
      if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
      const status = statusOf(error);
      const fields = { ...headers, connection: 'close', 'content-length': '0' };
      const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`, () =>
        socket.destroy(),
      );
    },
  };
}

function isReadable(url: string): boolean {
  if (!url.includes('%')) return true;
  try {
    decodeURIComponent(url.split('?', 1)[0]!);
    return true;
  } catch {
    return false;
  }
}

function statusOf({ code }: NodeJS.ErrnoException): number {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return 413;
  return 400;
}
