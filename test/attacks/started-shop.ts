import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import { answerOf, type Asked } from '../support/answer.ts';
import { freePort, startRedis, type RedisServer } from '../support/redis-server.ts';
import { startServer } from '../support/server-process.ts';
import { startTlsProxy } from './tls-proxy.ts';

export interface StartedShop {
  /** Asks it over TLS; shaped so that a `Browser` can use it. */
  app: { inject: FastifyInstance['inject'] };
  /** What stands in the address bar, without the scheme. */
  host: string;
  /** Where it listens itself, behind the proxy. */
  port: number;
  pid: number;
  redis: RedisServer;
  folder: string;
  /** All it has logged, line by line. */
  log(): string[];
  /** Waits until it has logged a line like this. */
  logged(pattern: RegExp): Promise<string>;
  /** Resident memory in MB. */
  memory(): number;
  isRunning(): boolean;
  /** Sends it a signal, as a supervisor does, and waits for its end. @returns its exit code, null where it was killed */
  endBy(signal: NodeJS.Signals): Promise<number | null>;
  /** A connection through TLS, for what no HTTP client would send. */
  dial(): TLSSocket;
  /** Sends these bytes and listens until the shop hangs up, or `until` is reached. */
  send(bytes: string, until?: RegExp): Promise<RawAnswer>;
}

export interface RawAnswer {
  text: string;
  /** Of each answer, in order. */
  statuses: number[];
  closed: boolean;
  milliseconds: number;
}

export interface Answer {
  statusCode: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** A shop for all tests of a suite: src/server.ts in production mode, on a real Redis, behind TLS. */
export function startedShop(settings: NodeJS.ProcessEnv = {}): StartedShop {
  const stack = new AsyncDisposableStack();
  let shop: StartedShop;
  before(async () => {
    shop = await start(stack, settings);
  });
  after(() => stack.disposeAsync());
  return new Proxy({} as StartedShop, { get: (_, name) => shop[name as keyof StartedShop] });
}

async function start(
  stack: AsyncDisposableStack,
  settings: NodeJS.ProcessEnv,
): Promise<StartedShop> {
  const folder = await mkdtemp(join(tmpdir(), 'satchel-attacked-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const redis = stack.use(await startRedis());
  const port = await freePort();
  const proxy = stack.use(await startTlsProxy(port));
  const host = `localhost:${proxy.port}`;

  const server = stack.use(
    await startServer({
      NODE_ENV: 'production',
      PORT: `${port}`,
      PUBLIC_URL: `https://${host}`,
      TRUST_PROXY: '127.0.0.1',
      SECRET_KEY: 'a secret of the attacked shop that is long enough',
      DATA_DIR: folder,
      REDIS_URL: redis.url,
      LIMIT_PER_ADDRESS: '0',
      ...settings,
    }),
  );

  const agent = new Agent({ keepAlive: true, maxSockets: 200, ca: proxy.certificate });
  stack.defer(() => agent.destroy());
  const dial = () => connect({ port: proxy.port, host: 'localhost', ca: proxy.certificate });

  return {
    app: { inject: ((options: Asked) => ask(agent, proxy.port, options)) as never },
    host,
    port,
    pid: server.pid,
    redis,
    folder,
    log: server.log,
    logged: server.logged,
    memory: () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))![1]) / 1024,
    isRunning: server.isRunning,
    endBy: server.endBy,
    dial,
    send: (bytes, until) => exchange(dial(), bytes, until),
  };
}

/** One request over TLS, with what the proxy of a real shop adds. */
function ask(agent: Agent, port: number, { method, url, payload, headers }: Asked) {
  const request = httpsRequest({
    agent,
    port,
    host: 'localhost',
    method,
    path: url,
    headers: { 'x-forwarded-proto': 'https', ...headers },
  });
  return answerOf(request, payload);
}

/** Listens on a connection until it ends, or what came matches `until`. */
export async function exchange(
  socket: TLSSocket,
  bytes: string,
  until?: RegExp,
): Promise<RawAnswer> {
  const start = performance.now();
  let text = '';
  let closed = false;
  await new Promise<void>((resolve) => {
    socket.setEncoding('latin1');
    socket.on('data', (data: string) => {
      text += data;
      if (until?.test(text)) resolve();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      closed = true;
      resolve();
    });
    if (bytes) socket.write(bytes, 'latin1');
  });
  socket.destroy();
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  return { text, statuses, closed, milliseconds: performance.now() - start };
}
