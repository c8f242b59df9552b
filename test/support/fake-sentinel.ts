import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

export interface FakeSentinel extends AsyncDisposable {
  readonly url: string;
  /** Tells those that wait for it that there is a new master, the next time somebody asks for the master. */
  tellWhenAsked(): void;
  /** Hangs up and listens no more. */
  end(): Promise<void>;
}

/** A Sentinel whose moments a test chooses. It knows one master, and nothing of replicas. */
export async function startFakeSentinel(masterPort: number): Promise<FakeSentinel> {
  const sockets = new Set<Socket>();
  const subscribers = new Set<Socket>();
  let tells = false;

  const master = bulk('*', '127.0.0.1', String(masterPort));
  const news = bulk(
    '>',
    'message',
    '+switch-master',
    `mymaster 127.0.0.1 1 127.0.0.1 ${masterPort}`,
  );

  async function answerAll(socket: Socket, data: string): Promise<void> {
    for (const command of data.split(/^(?=\*)/m)) socket.write(await answer(socket, command));
  }

  async function answer(socket: Socket, command: string): Promise<string> {
    if (/\bsubscribe\b/i.test(command)) {
      subscribers.add(socket);
      return '>3\r\n$9\r\nsubscribe\r\n$14\r\n+switch-master\r\n:1\r\n';
    }
    if (/get-master-addr-by-name/i.test(command)) {
      if (tells) await tell();
      return master;
    }
    if (/\bsentinels\b/i.test(command)) return '*0\r\n';
    return '+OK\r\n';
  }

  /** Who has heard it hangs up. */
  async function tell(): Promise<void> {
    tells = false;
    const told = [...subscribers].map((socket) => once(socket, 'close'));
    for (const socket of subscribers) socket.write(news);
    await Promise.all(told);
  }

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => (sockets.delete(socket), subscribers.delete(socket)));
    socket.setEncoding('utf8').on('data', (data: string) => void answerAll(socket, data));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  async function end(): Promise<void> {
    server.close();
    for (const socket of sockets) socket.destroy();
    if (server.listening) await once(server, 'close');
  }

  return {
    url: `redis-sentinel://127.0.0.1:${(server.address() as AddressInfo).port}/mymaster`,
    tellWhenAsked: () => void (tells = true),
    end,
    [Symbol.asyncDispose]: end,
  };
}

function bulk(type: '*' | '>', ...texts: string[]): string {
  const each = texts.map((text) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`);
  return `${type}${texts.length}\r\n${each.join('')}`;
}
