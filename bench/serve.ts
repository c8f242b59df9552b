import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Served extends AsyncDisposable {
  url: string;
  pid: number;
  /** In MB: what the process holds, and what of its heap is in use once garbage is collected. Asks the debugger. */
  memory(): Promise<{ resident: number; heap: number }>;
  /** Open files and sockets. */
  descriptors(): Promise<number>;
}

/** As package.json and the Dockerfile start it. */
const FLAGS = ['--max-semi-space-size=8'];

/**
 * src/server.ts in production mode, on data of its own. Build the assets first.
 * @param options.inspect with a debugger at the next port, which costs speed
 */
export async function serve(
  port: number,
  settings: NodeJS.ProcessEnv = {},
  { inspect = false } = {},
): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'satchel-bench-'));
  const url = `http://localhost:${port}`;
  const server = spawn(
    process.execPath,
    [...FLAGS, ...(inspect ? [`--inspect=127.0.0.1:${port + 1}`] : []), 'src/server.ts'],
    {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        PORT: String(port),
        PUBLIC_URL: url,
        SECRET_KEY: 'a secret of the benches that is long enough',
        DATA_DIR: folder,
        LIMIT_PER_ADDRESS: '0',
        LOG_LEVEL: 'fatal',
        ...settings,
      },
      // The debugger talks on stderr all the time.
      stdio: ['ignore', 'ignore', inspect ? 'ignore' : 'inherit'],
    },
  );
  const isUp = () =>
    fetch(`${url}/livez`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isUp())) await new Promise((resolve) => setTimeout(resolve, 50));

  const pid = server.pid!;
  return {
    url,
    pid,
    async memory() {
      const heap = await heapInUse(port + 1);
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      return { resident: Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024, heap };
    },
    descriptors: async () => (await readdir(`/proc/${pid}/fd`)).length,
    async [Symbol.asyncDispose]() {
      const exited = once(server, 'exit');
      if (server.kill()) await exited;
      await rm(folder, { recursive: true });
    },
  };
}

async function heapInUse(debuggerPort: number): Promise<number> {
  const targets = await fetch(`http://127.0.0.1:${debuggerPort}/json`);
  const [target] = (await targets.json()) as { webSocketDebuggerUrl: string }[];
  const socket = new WebSocket(target!.webSocketDebuggerUrl);
  await once(socket, 'open');
  const ask = async (method: string) => {
    socket.send(JSON.stringify({ id: 1, method }));
    const [{ data }] = (await once(socket, 'message')) as [{ data: string }];
    return (JSON.parse(data) as { result: { usedSize?: number } }).result;
  };
  await ask('HeapProfiler.collectGarbage');
  const { usedSize = 0 } = await ask('Runtime.getHeapUsage');
  socket.close();
  return usedSize / 2 ** 20;
}
