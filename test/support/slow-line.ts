import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface SlowLine extends AsyncDisposable {
  port: number;
  /** The delay of every answer, in milliseconds. */
  delay: number;
  /** Resets every connection, also in the middle of an answer. */
  cut(): void;
}

/** Opens a connection to the server on this port that can be made slow, and be reset. */
export async function openSlowLine(port: number): Promise<SlowLine> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    near.pipe(far);
    far.on('data', (bytes) => {
      setTimeout(() => near.writable && near.write(bytes), line.delay);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  const line: SlowLine = {
    port: (server.address() as AddressInfo).port,
    delay: 0,
    cut() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    async [Symbol.asyncDispose]() {
      line.cut();
      server.close();
      await once(server, 'close');
    },
  };
  return line;
}
