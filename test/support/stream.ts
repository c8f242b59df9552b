import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Browser } from './browser.ts';

export interface StreamEvent {
  event: string;
  id?: string;
  data: unknown;
}

export interface Stream extends AsyncDisposable {
  status: number;
  headers: IncomingMessage['headers'];
  /** Returns the next event that is not a beat; null when the server has closed the stream. */
  next(): Promise<StreamEvent | null>;
  nextBeat(): Promise<StreamEvent | null>;
  /** How long an EventSource waits before it connects again, in milliseconds. */
  retry(): number;
}

/** Opens an event stream with the cookies of a browser, as an EventSource does. */
export async function openStream(
  origin: string,
  browser: Browser,
  headers: Record<string, string> = {},
  path = '/events',
  tls: { ca?: string } = {},
): Promise<Stream> {
  const cookie = browser.cookieHeader;
  // Each stream has a connection of its own, as in a browser. It is closed with the stream.
  const ask = origin.startsWith('https:') ? httpsRequest : httpRequest;
  const request = ask(origin + path, {
    ...tls,
    agent: false,
    headers: { accept: 'text/event-stream', ...(cookie && { cookie }), ...headers },
  });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks = response.setEncoding('utf8')[Symbol.asyncIterator]() as AsyncIterator<string>;
  let unread = '';
  let retry = 0;

  async function read(isWanted: (event: StreamEvent) => boolean): Promise<StreamEvent | null> {
    for (;;) {
      const end = unread.indexOf('\n\n');
      if (end >= 0) {
        const block = unread.slice(0, end);
        retry = Number(/^retry: (\d+)$/m.exec(block)?.[1] ?? retry);
        const event = readEvent(block);
        unread = unread.slice(end + 2);
        if (isWanted(event)) return event;
        continue;
      }
      const { value, done } = await chunks.next();
      if (done) return null;
      unread += value;
    }
  }

  return {
    status: response.statusCode!,
    headers: response.headers,
    next: () => read(({ event }) => event !== 'beat'),
    nextBeat: () => read(({ event }) => event === 'beat'),
    retry: () => retry,
    async [Symbol.asyncDispose]() {
      request.destroy();
    },
  };
}

function readEvent(block: string): StreamEvent {
  const fields = Object.fromEntries(
    block
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  const { event = 'message', id, data = 'null' } = fields;
  return { event, ...(id !== undefined && { id }), data: JSON.parse(data) as unknown };
}
