/**
 * Measures a page beside a bare Fastify handler that does one read of the store and returns the same bytes:
 * `npx node bench/signed-in-page.ts [--store redis|sqlite] [--page dashboard] [--rounds 5] [--seconds 4] [--log warn]`.
 * The two take turns, so that other work on the machine affects both. The ratio is the median of the rounds.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { Browser, newPerson } from '../test/support/browser.ts';
import { freePort, startRedis } from '../test/support/redis-server.ts';
import type { BarePage, BareTask } from './support/bare-handler.ts';
import { httpSite } from '../test/support/http-site.ts';
import { serve } from './serve.ts';

const CONNECTIONS = 50;
/** The number of requests before the measurement, so that V8 has compiled the code. */
const WARM_UP = 10_000;
/** The size of the record that the bare handler reads, about that of a session. In bytes. */
const RECORD = 1000;
const TICKS_A_SECOND = 100;
/** Headers that Node sets for each answer. */
const OWN_HEADERS = new Set(['connection', 'content-length', 'date', 'keep-alive']);
const SLUGS = [
  'weekender',
  'field-satchel',
  'harbour-daypack',
  'market-net',
  'corner-sling',
  'long-day-tote',
  'washstand-bag',
  'slow-boat-suitcase',
  'five-card-holder',
  'boathouse-duffel',
];

interface Page extends BarePage {
  name: string;
  asked: Record<string, string>;
}

type Length = { amount: number } | { duration: number };

interface Round {
  rate: number;
  p99: number;
  /** Of the server process, in microseconds a request. */
  cpu: number;
}

const { values: settings } = parseArgs({
  options: {
    store: { type: 'string', default: 'redis' },
    page: { type: 'string', default: '' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    log: { type: 'string', default: 'warn' },
    /** A folder for a CPU profile of the shop. */
    profile: { type: 'string', default: '' },
  },
});

await using redis = settings.store === 'redis' ? await startRedis() : undefined;
const shopPort = await freePort();
await using shop = await serve(shopPort, {
  NODE_OPTIONS: settings.profile && `--cpu-prof --cpu-prof-dir=${settings.profile}`,
  ...(redis && { REDIS_URL: redis.url }),
  LOG_LEVEL: settings.log,
});
const pages = await openPages();
using bare = fork(new URL('support/bare-handler.ts', import.meta.url));
const bareUrl = `http://localhost:${await handOver(bare, pages)}`;

console.log(`${settings.store}, LOG_LEVEL=${settings.log}, ${CONNECTIONS} connections`);
for (const page of pages) await compare(page);

/** Opens each page once, as a shopper with a full cart or as a stranger, to know its bytes and headers. */
async function openPages(): Promise<Page[]> {
  const site = httpSite(shopPort, new Agent({ keepAlive: false }));
  const ada = new Browser(site);
  await ada.signUp(newPerson());
  for (const slug of SLUGS) await ada.add(slug);
  await ada.get('/');

  const wanted: [name: string, url: string, who: Browser, accept: string][] = [
    ['dashboard', '/', ada, 'text/html'],
    ['shop', '/shop', ada, 'text/html'],
    ['cart', '/cart', ada, 'text/html'],
    ['cart-json', '/cart', ada, 'application/json'],
    ['anonymous-shop', '/shop', new Browser(site), 'text/html'],
  ];
  const chosen = wanted.filter(([name]) => name === settings.page || settings.page === '');
  return Promise.all(
    chosen.map(async ([name, url, who, accept]) => {
      const { body, headers } = await who.get(url, { accept });
      const cookie = who.cookieHeader;
      const kept = Object.entries(headers).filter(([header]) => !OWN_HEADERS.has(header));
      return {
        name,
        url,
        body,
        headers: Object.fromEntries(kept) as Record<string, string>,
        asked: { accept, ...(cookie && { cookie }) },
      };
    }),
  );
}

/** @returns the port of the bare handler, which serves each page under its name */
async function handOver(server: ChildProcess, pages: Page[]): Promise<number> {
  const task: BareTask = {
    ...(redis && { redisUrl: redis.url }),
    recordSize: RECORD,
    pages: pages.map(({ name, headers, body }) => ({ url: `/${name}`, headers, body })),
  };
  server.send(task);
  const [port] = (await once(server, 'message')) as [number];
  return port;
}

async function compare({ name, url, asked, body }: Page): Promise<void> {
  const ours = (length?: Length) => load(shop.pid, `${shop.url}${url}`, asked, length);
  const theirs = (length?: Length) => load(bare.pid!, `${bareUrl}/${name}`, asked, length);
  await ours({ amount: WARM_UP });
  await theirs({ amount: WARM_UP });

  const rounds: { ours: Round; theirs: Round }[] = [];
  for (let round = 0; round < Number(settings.rounds); round += 1) {
    rounds.push({ ours: await ours(), theirs: await theirs() });
  }
  const typical = (read: (round: { ours: Round; theirs: Round }) => number) =>
    median(rounds.map(read));
  const ratios = rounds.map((round) => (round.ours.rate / round.theirs.rate).toFixed(2));
  console.log(
    [
      `${name} (${Buffer.byteLength(body)} bytes)`,
      `  ratio     ${typical((round) => round.ours.rate / round.theirs.rate).toFixed(2)}  of ${ratios.join(' ')}`,
      `  a second  ${typical(({ ours }) => ours.rate).toFixed(0)} to ${typical(({ theirs }) => theirs.rate).toFixed(0)}`,
      `  p99       ${typical(({ ours }) => ours.p99)} to ${typical(({ theirs }) => theirs.p99)} ms`,
      `  CPU       ${typical(({ ours }) => ours.cpu).toFixed(0)} to ${typical(({ theirs }) => theirs.cpu).toFixed(0)} us a request, ${typical((round) => round.theirs.cpu / round.ours.cpu).toFixed(2)}`,
    ].join('\n'),
  );
}

async function load(
  pid: number,
  url: string,
  headers: Record<string, string>,
  length: Length = { duration: Number(settings.seconds) },
) {
  const before = cpuOf(pid);
  const { requests, latency, errors, non2xx } = await autocannon({
    url,
    headers,
    connections: CONNECTIONS,
    ...length,
  });
  // A machine that stands still for half a second turns a few questions to Redis into timeouts.
  const failed = errors + non2xx;
  if (failed > requests.total / 100) throw new Error(`${failed} requests to ${url} failed`);
  const cpu = ((cpuOf(pid) - before) * 1e6) / requests.total;
  return { rate: requests.average, p99: latency.p99, cpu };
}

/** @returns seconds of user and system time so far (proc(5), fields 14 and 15) */
function cpuOf(pid: number): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user, system] = fields.split(' ').slice(11, 13).map(Number) as [number, number];
  return (user + system) / TICKS_A_SECOND;
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}
