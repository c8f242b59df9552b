/**
 * What a flood of log-ins does to pages: `npx node bench/log-in-flood.ts` prints the latency of GET /shop
 * while nobody else is there, then while 200 log-ins run, 40 at a time.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';

const LOG_INS = 200;
const AT_ONCE = 40;
const PAGES_A_SECOND = 200;

const url = 'http://localhost:4127';
const folder = await mkdtemp(join(tmpdir(), 'satchel-bench-'));
const server = spawn(process.execPath, ['src/server.ts'], {
  env: {
    ...process.env,
    PORT: '4127',
    DATA_DIR: folder,
    LIMIT_PER_ADDRESS: '0',
    LOG_LEVEL: 'warn',
  },
  stdio: ['ignore', 'ignore', 'inherit'],
});

try {
  while (!(await answers())) await new Promise((resolve) => setTimeout(resolve, 100));
  await pages(3);
  report('GET /shop alone', await pages(3));
  const [during, seconds] = await Promise.all([pages(3), flood()]);
  report(`GET /shop during ${LOG_INS} log-ins (${seconds.toFixed(1)} s)`, during);
} finally {
  server.kill();
  await once(server, 'exit');
  await rm(folder, { recursive: true });
}

async function answers(): Promise<boolean> {
  return fetch(`${url}/livez`).then(
    ({ ok }) => ok,
    () => false,
  );
}

function pages(duration: number): Promise<autocannon.Result> {
  return autocannon({ url: `${url}/shop`, connections: 4, overallRate: PAGES_A_SECOND, duration });
}

/** @returns how many seconds it took */
async function flood(): Promise<number> {
  const start = performance.now();
  let made = 0;
  async function one() {
    while (made < LOG_INS) {
      made += 1;
      const body = new URLSearchParams({ email: `nobody-${made}@example.com`, password: 'wrong' });
      await fetch(`${url}/login`, { method: 'POST', body, headers: { origin: url } });
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return (performance.now() - start) / 1000;
}

function report(what: string, { latency, errors, non2xx }: autocannon.Result): void {
  const { p50, p90, p99, max } = latency;
  console.log(
    `${what}: p50 ${p50} ms, p90 ${p90}, p99 ${p99}, max ${max}; ${errors + non2xx} failed`,
  );
}
