import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** From the cache, a process loads its code in half the time. */
const { PATH, NODE_COMPILE_CACHE } = process.env;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface ServerProcess extends AsyncDisposable {
  readonly pid: number;
  /** Everything that it has logged, line by line. */
  log(): string[];
  /** Waits until it has logged a line that matches. */
  logged(pattern: RegExp): Promise<string>;
  isRunning(): boolean;
  /** Sends it a signal, as a supervisor does, and waits for its end. @returns its exit code; null when it was killed */
  endBy(signal: NodeJS.Signals): Promise<number | null>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
}

/**
 * Starts src/server.ts in another process, with these settings and no others. Resolves when it listens.
 * @param cwd the folder of the project
 * @param descriptors how many file descriptors it may have; those of this process when absent
 */
export async function startServer(
  settings: NodeJS.ProcessEnv,
  cwd = ROOT,
  descriptors?: number,
): Promise<ServerProcess> {
  const limit = descriptors === undefined ? '' : `ulimit -n ${descriptors}; `;
  const server = spawn('sh', ['-c', `${limit}exec "$0" src/server.ts`, process.execPath], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, NODE_COMPILE_CACHE, ...settings },
  });
  // A test that fails must not leave a server behind.
  const killNow = () => server.kill('SIGKILL');
  process.once('exit', killNow);
  let output = '';
  server.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  server.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));

  const isRunning = () => server.exitCode === null && server.signalCode === null;

  async function logged(pattern: RegExp): Promise<string> {
    for (const deadline = Date.now() + 50_000; Date.now() < deadline; await delay(20)) {
      const line = output.split('\n').find((line) => pattern.test(line));
      if (line) return line;
    }
    throw new Error(`Nothing like ${pattern} was logged:\n${output}`);
  }

  async function endBy(signal: NodeJS.Signals): Promise<number | null> {
    const exited = once(server, 'exit');
    server.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }

  async function kill(): Promise<void> {
    process.off('exit', killNow);
    if (!isRunning()) return;
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  }

  await logged(/Server listening/);
  return {
    pid: server.pid!,
    log: () => output.split('\n').filter(Boolean),
    logged,
    isRunning,
    endBy,
    kill,
    [Symbol.asyncDispose]: kill,
  };
}
