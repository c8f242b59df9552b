import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

const BETWEEN_PROBES = 200;

export interface Balancer extends AsyncDisposable {
  port: number;
}

/** Starts a load balancer. It sends requests in turn to the servers that are ready, and never retries. */
export async function startBalancer(port: number, servers: number[]): Promise<Balancer> {
  const agent = new Agent({ keepAlive: true });
  const ready = new Set(servers);
  let turn = 0;

  async function probe(server: number): Promise<void> {
    const answer = await fetch(`http://127.0.0.1:${server}/readyz`).catch(() => null);
    if (answer?.ok) ready.add(server);
    else ready.delete(server);
  }
  const probes = setInterval(() => void Promise.all(servers.map(probe)), BETWEEN_PROBES);

  const balancer = createServer((incoming, outgoing) => {
    const choice = servers.filter((server) => ready.has(server));
    const server = choice[(turn += 1) % choice.length];
    if (!server) return void outgoing.writeHead(502).end();
    const { method, url, headers, socket } = incoming;
    const onwards = request({
      agent,
      port: server,
      method,
      path: url,
      headers: { 'x-forwarded-for': socket.remoteAddress!, ...headers },
    });
    onwards.on('response', (answer) => {
      const { connection: _, ...kept } = answer.headers;
      outgoing.writeHead(answer.statusCode!, kept);
      outgoing.flushHeaders();
      answer.on('error', () => outgoing.destroy()).pipe(outgoing);
    });
    onwards.on('error', ({ message }) => {
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(502).end(message);
    });
    outgoing.on('close', () => onwards.destroy());
    incoming.pipe(onwards);
  }).listen(port, '127.0.0.1');
  await once(balancer, 'listening');

  return {
    port: (balancer.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      clearInterval(probes);
      agent.destroy();
      balancer.closeAllConnections();
      balancer.close();
      await once(balancer, 'close');
    },
  };
}
