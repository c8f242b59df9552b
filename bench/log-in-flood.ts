/**
 * What a flood of log-ins does to pages: `npm run build && npx node bench/log-in-flood.ts` prints the latency of GET /shop
 * while nobody else is there, then while 200 log-ins run, 40 at a time.
 */
import autocannon from 'autocannon';
import { serve } from './serve.ts';

const LOG_INS = 200;
const AT_ONCE = 40;
const PAGES_A_SECOND = 200;

await using shop = await serve(4127, { LOG_LEVEL: 'warn' });
await pages(3);
report('GET /shop alone', await pages(3));
const [during, seconds] = await Promise.all([pages(3), flood()]);
report(`GET /shop during ${LOG_INS} log-ins (${seconds.toFixed(1)} s)`, during);

function pages(duration: number): Promise<autocannon.Result> {
  const url = `${shop.url}/shop`;
  return autocannon({ url, connections: 4, overallRate: PAGES_A_SECOND, duration });
}

/** @returns how many seconds it took */
async function flood(): Promise<number> {
  const start = performance.now();
  let made = 0;
  async function one() {
    while (made < LOG_INS) {
      made += 1;
      const body = new URLSearchParams({ email: `nobody-${made}@example.com`, password: 'wrong' });
      const headers = { origin: shop.url };
      const { status } = await fetch(`${shop.url}/login`, { method: 'POST', body, headers });
      if (status !== 422) throw new Error(`a log-in answered ${status}`);
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
