import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { freePort, startRedis, type RedisServer } from '../support/redis-server.ts';
import { startTlsProxy } from './tls-proxy.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface StartedShop {
  /** Asks it over TLS; shaped so that a `Browser` can use it. */
  app: { inject: FastifyInstance['inject'] };
  /** What stands in the address bar, without the scheme. */
  host: string;
  /** Where it listens itself, behind the proxy. */
  port: number;
  redis: RedisServer;
  folder: string;
  /** All it has logged, line by line. */
  log(): string[];
  /** Waits until it has logged a line like this. */
  logged(pattern: RegExp): Promise<string>;
  /** Resident memory in MB. */
  memory(): number;
  isRunning(): boolean;
  /** Sends it a signal, and waits for its end. @returns its exit code */
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

  const server = spawn(process.execPath, ['src/server.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      PORT: `${port}`,
      PUBLIC_URL: `https://${host}`,
      TRUST_PROXY: '127.0.0.1',
      SECRET_KEY: 'a secret of the attacked shop that is long enough',
      DATA_DIR: folder,
      REDIS_URL: redis.url,
      LIMIT_PER_ADDRESS: '0',
      ...settings,
    },
  });
  const killNow = () => server.kill('SIGKILL');
  process.once('exit', killNow);
  let output = '';
  server.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  server.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  stack.defer(async () => {
    process.off('exit', killNow);
    const exited = once(server, 'exit');
    if (server.exitCode === null && server.kill('SIGKILL')) await exited;
  });

  const agent = new Agent({ keepAlive: true, maxSockets: 200, ca: proxy.certificate });
  stack.defer(() => agent.destroy());
  const dial = () => connect({ port: proxy.port, host: 'localhost', ca: proxy.certificate });

  async function logged(pattern: RegExp): Promise<string> {
    for (const deadline = Date.now() + 50_000; Date.now() < deadline; await delay(20)) {
      const line = output.split('\n').find((line) => pattern.test(line));
      if (line) return line;
    }
    throw new Error(`Nothing like ${pattern} was logged:\n${output}`);
  }
  await logged(/Server listening/);

  return {
    app: { inject: ((options: Asked) => ask(agent, proxy.port, options)) as never },
    host,
    port,
    redis,
    folder,
    log: () => output.split('\n').filter(Boolean),
    logged,
    memory: () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))![1]) / 1024,
    async endBy(signal) {
      server.kill(signal);
      const [code] = (await once(server, 'exit')) as [number | null];
      return code;
    },
    isRunning: () => server.exitCode === null && server.signalCode === null,
    dial,
    send: (bytes, until) => exchange(dial(), bytes, until),
  };
}

interface Asked {
  method: string;
  url: string;
  payload?: string | Buffer;
  headers?: Record<string, string>;
}

/** One request over TLS, with what the proxy of a real shop adds. */
async function ask(agent: Agent, port: number, { method, url, payload, headers }: Asked) {
  const request = httpsRequest({
    agent,
    port,
    host: 'localhost',
    method,
    path: url,
    headers: { 'x-forwarded-proto': 'https', ...headers },
  });
  request.end(payload);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    statusCode: response.statusCode,
    headers: response.headers,
    body: Buffer.concat(chunks).toString(),
    cookies: (response.headers['set-cookie'] ?? []).map(readCookie),
  };
}

function readCookie(header: string) {
  const [pair = '', ...attributes] = header.split('; ');
  const [name = '', value = ''] = pair.split(/=(.*)/s);
  const maxAge = attributes.find((attribute) => /^max-age=/i.test(attribute));
  return {
    name,
    value: decodeURIComponent(value),
    maxAge: maxAge ? Number(maxAge.slice('max-age='.length)) : undefined,
  };
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
