/**
 * What live streams cost: `npx node bench/streams.ts [streams, default 10000] [comings and goings, default 50000]`,
 * on Redis. Opens as many idle streams as a process takes, measures pages and events beside them, lets them go, then
 * connects and disconnects. Needs twice as many descriptors as streams: `ulimit -n`.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';
import { Redis } from 'ioredis';
import { inBatches } from '../test/support/batches.ts';
import { startRedis } from '../test/support/redis-server.ts';
import { serve } from './serve.ts';

const PORT = 4150;
const SECONDS = 15;
/** Of src/cart/stream-limits.ts. */
const PER_OWNER = 10;
const PER_ADDRESS = 50;
const streams = Number(process.argv[2] ?? 10_000);
const churn = Number(process.argv[3] ?? 50_000);

await using redis = await startRedis();
const settings = { REDIS_URL: redis.url, TRUST_PROXY: '127.0.0.1' };
await using shop = await serve(PORT, settings, { inspect: true });
const client = new Redis(redis.url);

const cookies: string[] = [];
await inBatches(Math.ceil(streams / PER_OWNER) + 1, 50, async () => {
  cookies.push(await newGuest());
});
const own = cookies.pop()!;
const base = await shop.descriptors();
await say('before');

const sockets: Socket[] = [];
const start = performance.now();
await inBatches(streams - 1, 100, async (index) => {
  const { socket } = await openStream(cookies[Math.floor(index / PER_OWNER)]!, index);
  sockets.push(socket);
});
const ownStream = await openStream(own, streams);
await say(`${streams} streams open after ${secondsSince(start)}`);
if (streams >= 10_000) {
  const status = await openStream(cookies[0]!, streams + PER_ADDRESS).then(
    () => 'let in',
    (error: Error) => error.message,
  );
  console.log(`one more: ${status}`);
}

const [pages, events] = await Promise.all([loadPages(), timeEvents()]);
console.log(
  `beside them, GET /shop ${pages.requests.average}/s: p99 ${pages.latency.p99} ms; ` +
    `a change of one's own cart is told after p50 ${at(events, 0.5)}, p99 ${at(events, 0.99)} (${events.length} changes)`,
);
await say('after that load');

for (const socket of [...sockets, ownStream.socket]) socket.destroy();
const left = performance.now();
while ((await shop.descriptors()) > base + 20) await delay(50);
await say(`all gone after ${secondsSince(left)}`);

// The first round makes what stays: code, pools, caches.
for (const share of [0.1, 0.9]) {
  const began = performance.now();
  let refused = 0;
  await inBatches(churn * share, 50, (index) =>
    openStream(cookies[index % cookies.length]!, index).then(
      ({ socket }) => void socket.destroy(),
      () => void (refused += 1),
    ),
  );
  await say(`${churn * share} came and went in ${secondsSince(began)}, ${refused} refused`);
}
// The channel that stays is the shop's own.
while (((await client.pubsub('CHANNELS')) as string[]).length > 1) await delay(50);
console.log('nobody watches any owner any more');
client.disconnect();

async function newGuest(): Promise<string> {
  const answer = await change('');
  return answer.headers.getSetCookie()[0]!.split(';')[0]!;
}

async function change(cookie: string): Promise<Response> {
  const body = { product: 'weekender', quantity: '1', change: crypto.randomUUID() };
  const answer = await fetch(`${shop.url}/cart/lines`, {
    method: 'POST',
    headers: { origin: shop.url, accept: 'application/json', ...(cookie && { cookie }) },
    body: new URLSearchParams(body),
  });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`a change was answered ${answer.status}`);
  return answer;
}

/** Resolves with the first event. Each address has its fill of them. */
async function openStream(cookie: string, index: number) {
  const address = Math.floor(index / PER_ADDRESS) % 60_000;
  const socket = connect(PORT, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(
    `GET /cart/events HTTP/1.1\r\nhost: localhost:${PORT}\r\naccept: text/event-stream\r\n` +
      `x-forwarded-for: 10.1.${address >> 8}.${address & 255}\r\ncookie: ${cookie}\r\n\r\n`,
  );
  let text = '';
  socket.setEncoding('latin1').on('data', (data: string) => (text += data));
  while (!text.includes('event: cart')) {
    const refusal = /^HTTP\/1\.1 (?!200)(\d+)/.exec(text);
    if (refusal) throw new Error(refusal[1]);
    await once(socket, 'data');
  }
  return { socket };
}

function loadPages() {
  return autocannon({
    url: `${shop.url}/shop`,
    connections: 10,
    overallRate: 100,
    duration: SECONDS,
    headers: { cookie: cookies[0]! },
  });
}

/** Milliseconds from sending a change to its event, one a second, sorted. */
async function timeEvents(): Promise<number[]> {
  const times: number[] = [];
  for (let second = 0; second < SECONDS; second += 1) {
    const start = performance.now();
    const told = once(ownStream.socket, 'data');
    await Promise.all([change(own), told.then(() => times.push(performance.now() - start))]);
    await delay(1000 - (performance.now() - start));
  }
  return times.toSorted((a, b) => a - b);
}

function at(sorted: number[], share: number): string {
  return `${sorted[Math.ceil(sorted.length * share) - 1]!.toFixed(0)} ms`;
}

function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

async function say(when: string): Promise<void> {
  const [{ resident, heap }, descriptors] = [await shop.memory(), await shop.descriptors()];
  const megabytes = `${resident.toFixed(0)} MB, heap ${heap.toFixed(1)} MB`;
  console.log(`${when}: ${megabytes}, ${descriptors} descriptors`);
}
