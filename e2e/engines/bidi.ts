import { once } from 'node:events';

/** A connection that speaks WebDriver BiDi (https://w3c.github.io/webdriver-bidi). */
export interface Bidi {
  /** @throws {Error} with the words of the browser */
  send(method: string, params?: object): Promise<Record<string, unknown>>;
}

interface Message {
  id?: number;
  method?: string;
  params?: unknown;
  result?: Record<string, unknown>;
  error?: string;
  message?: string;
}

/** @param onEvent is called with everything that the browser tells unasked */
export async function connectBidi(
  url: string,
  onEvent: (method: string, params: unknown) => void,
): Promise<Bidi> {
  const socket = new WebSocket(url);
  const waiting = new Map<number, (answer: Message) => void>();
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(data as string) as Message;
    if (message.id === undefined) onEvent(message.method!, message.params);
    else waiting.get(message.id)!(message);
  });
  await once(socket, 'open');

  let id = 0;
  return {
    async send(method, params = {}) {
      id += 1;
      const { promise, resolve } = Promise.withResolvers<Message>();
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params }));
      const { result, error, message } = await promise;
      if (!result) throw new Error(`${method}: ${error}: ${message}`);
      return result;
    },
  };
}
