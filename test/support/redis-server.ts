import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  /** Sends SIGSTOP: connections stay open, but nothing is answered. */
  pause(): void;
  resume(): void;
  /** Ends it as a crash does. What was written stays on disk. */
  kill(): Promise<void>;
  /** Starts it again on the same port and files. */
  start(): Promise<void>;
}

/** How often another port is tried. Another process may take a port between the probe and the start. */
const TRIES = 5;

/** Starts a real redis-server on a free port, with a temporary folder and an append-only file. */
export async function startRedis(...settings: string[]): Promise<RedisServer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOn(await freePort(), settings);
    } catch (error) {
      if (tries === TRIES) throw error;
    }
  }
}

async function startOn(port: number, settings: string[]): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'satchel-redis-'));
  let server: ChildProcess;
  // A test that fails must not leave a server behind, or a process that waits for one.
  const killNow = () => server.kill('SIGKILL');
  process.once('exit', killNow);

  async function start() {
    const flags = ['--port', `${port}`, '--dir', folder, '--appendonly', 'yes', '--save', ''];
    server = spawn('redis-server', [...flags, ...settings], { stdio: 'ignore' });
    server.unref();
    await answering(port, server);
  }

  async function kill() {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.ref();
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  }

  async function dispose() {
    await kill();
    process.off('exit', killNow);
    await rm(folder, { recursive: true });
  }

  try {
    await start();
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    folder,
    start,
    kill,
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    [Symbol.asyncDispose]: dispose,
  };
}

/** Returns a free port below 55536, so that the bus port of a cluster (10000 higher) exists too. */
export async function freePort(): Promise<number> {
  for (;;) {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const address = probe.address();
    probe.close();
    await once(probe, 'close');
    if (typeof address === 'object' && address && address.port < 55_536) return address.port;
  }
}

async function answering(port: number, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await isOnPort(port, server))) {
    const hasEnded = server.exitCode !== null || server.signalCode !== null;
    if (hasEnded || Date.now() > deadline) {
      throw new Error(`redis-server does not answer on port ${port}`);
    }
    await delay(5);
  }
}

/** Another process may have the port: another Redis, or the bus of a cluster, which never answers. */
function isOnPort(port: number, { pid }: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('INFO server\r\n'));
    socket.setTimeout(1000, () => socket.destroy());
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.includes(`process_id:${pid}\r\n`));
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
