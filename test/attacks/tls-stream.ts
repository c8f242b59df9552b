import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from '../support/browser.ts';
import type { StartedShop } from './started-shop.ts';

export interface TlsStream extends Disposable {
  status: number;
  headers: IncomingMessage['headers'];
  /** All that has come so far, as it came. */
  text(): string;
  /** Waits until something like this has come. */
  saw(pattern: RegExp): Promise<void>;
  /** Waits until the shop has ended it. @returns the time of that, as of performance.now() */
  ended: Promise<number>;
  pause(): void;
  resume(): void;
}

/** Opens /events through TLS with the cookies of a browser. */
export async function openTlsStream(
  shop: StartedShop,
  browser: Browser,
  headers: Record<string, string> = {},
): Promise<TlsStream> {
  const cookie = browser.cookieHeader;
  const request = httpRequest({
    createConnection: () => shop.dial(),
    path: '/events',
    headers: {
      host: shop.host,
      accept: 'text/event-stream',
      'x-forwarded-proto': 'https',
      ...(cookie && { cookie }),
      ...headers,
    },
  });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  response.setEncoding('utf8').on('data', (data: string) => (text += data));
  const ended = new Promise<number>((resolve) => {
    // A connection that is cut is an end like any other.
    response.on('error', () => {});
    response.on('close', () => resolve(performance.now()));
  });

  return {
    status: response.statusCode!,
    headers: response.headers,
    text: () => text,
    async saw(pattern) {
      for (const deadline = Date.now() + 20_000; !pattern.test(text); await delay(5)) {
        if (Date.now() > deadline) throw new Error(`Nothing like ${pattern} came:\n${text}`);
      }
    },
    ended,
    pause: () => response.pause(),
    resume: () => response.resume(),
    [Symbol.dispose]: () => request.destroy(),
  };
}
