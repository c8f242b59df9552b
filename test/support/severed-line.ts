import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface SeveredLine extends AsyncDisposable {
  port: number;
  /** Where new connections lead. */
  target: number;
  /** The connections that are open, the oldest first. What is written to a swallowed one goes nowhere. */
  flows: Flow[];
}

export interface Flow {
  /** True when a subscription was sent on it. */
  subscribes: boolean;
  swallow(): void;
}

/**
 * Opens a proxy whose old connections can be swallowed while new ones work, as by a router that has forgotten them. They
 * stay open, and nothing is answered.
 */
export async function openSeveredLine(target: number): Promise<SeveredLine> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(line.target, '127.0.0.1');
    let isSwallowed = false;
    const flow: Flow = { subscribes: false, swallow: () => void (isSwallowed = true) };
    line.flows.push(flow);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => {
        if (from === near && bytes.includes('subscribe')) flow.subscribes = true;
        if (!isSwallowed) to.write(bytes);
      });
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        line.flows = line.flows.filter((other) => other !== flow);
        to.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  const line: SeveredLine = {
    port: (server.address() as AddressInfo).port,
    target,
    flows: [],
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return line;
}
