import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { inBatches } from '../support/batches.ts';
import { Browser } from '../support/browser.ts';
import { startedShop } from './started-shop.ts';

/** Of src/session/live/stream-limits.ts. */
const MOST = { all: 10_000, address: 50, owner: 10 };
const VISITS = 5_000;
const MEGABYTE = 2 ** 20;
/** At this signal the shop writes down what its heap holds once it is tidied. */
const NOTE_HEAP = `--max-semi-space-size=8 --expose-gc --import=data:text/javascript,${[
  "import{writeFileSync}from'node:fs'",
  "process.on('SIGWINCH',()=>{gc();writeFileSync(process.env.DATA_DIR+'/heap',String(process.memoryUsage().heapUsed))})",
].join(';')}`;

suite('as many streams as a process takes', () => {
  const shop = startedShop({ NODE_OPTIONS: NOTE_HEAP });

  test('are all told of their changes, hold up no page, and leave nothing behind', async (t) => {
    const guests = await newGuests(MOST.all / MOST.owner);
    const free = { descriptors: descriptors(), memory: shop.memory() };

    const streams: Socket[] = [];
    await inBatches(MOST.all, 100, async (index) => {
      streams[index] = await open(guests[Math.floor(index / MOST.owner)]!, index);
    });
    t.diagnostic(`${shop.memory().toFixed(0)} MB, from ${free.memory.toFixed(0)} MB`);

    await assert.rejects(open(guests[0]!, MOST.all), /^Error: 503, retry after \d+$/);

    const times = { pages: [] as number[], events: [] as number[] };
    for (let nth = 0; nth < 50; nth += 1) {
      const start = performance.now();
      const page = await guests[nth]!.get('/shop');
      times.pages.push(performance.now() - start);
      assert.equal(page.status, 200);

      const own = streams[nth * MOST.owner]!;
      const heard = hears(own, /event: cart\ndata: \{"version":2\}/);
      const changed = performance.now();
      await change(guests[nth]!);
      await heard;
      times.events.push(performance.now() - changed);
    }
    t.diagnostic(`slowest page ${slowest(times.pages)}, slowest event ${slowest(times.events)}`);

    for (const stream of streams) stream.destroy();
    await nobodyIsLeft(free.descriptors);
  });

  test('may come and go without end', async (t) => {
    const guests = await newGuests(100);
    const free = descriptors();
    // The first ones make what stays: code, pools, caches.
    await visit(guests, VISITS / 10);
    await nobodyIsLeft(free);
    const before = await heap();

    await visit(guests, VISITS);
    await nobodyIsLeft(free);
    const growth = ((await heap()) - before) / MEGABYTE;
    t.diagnostic(`${VISITS} streams came and went; the heap grew by ${growth.toFixed(1)} MB`);
    assert.ok(growth < 10);
  });

  async function newGuests(count: number): Promise<Browser[]> {
    const guests = Array.from({ length: count }, () => new Browser(shop));
    await inBatches(count, 50, (index) => change(guests[index]!));
    return guests;
  }

  async function change(guest: Browser): Promise<void> {
    const line = { product: 'weekender', quantity: 1, change: randomUUID() };
    assert.equal((await guest.postJson('/cart/lines', line)).status, 200);
  }

  async function visit(guests: Browser[], times: number): Promise<void> {
    await inBatches(times, 50, async (index) => {
      (await open(guests[index % guests.length]!, index)).destroy();
    });
  }

  /** Straight to the shop, as its proxy would ask: TLS for ten thousand is the proxy's work. */
  async function open(guest: Browser, index: number): Promise<Socket> {
    const address = Math.floor(index / MOST.address);
    const cookie = guest.cookieHeader;
    const socket = connect(shop.port, '127.0.0.1').setEncoding('latin1');
    socket.on('error', () => {});
    socket.write(
      `GET /events HTTP/1.1\r\nhost: ${shop.host}\r\nx-forwarded-proto: https\r\n` +
        `x-forwarded-for: 10.1.${address >> 8}.${address & 255}\r\ncookie: ${cookie}\r\n\r\n`,
    );
    const answer = await hears(socket, /event: cart|^HTTP\/1\.1 (?!200)[^]+\r\n\r\n/);
    const refusal = /^HTTP\/1\.1 (?!200)(\d+)[^]+retry-after: (\d+)/.exec(answer);
    if (refusal) throw new Error(`${refusal[1]}, retry after ${refusal[2]}`);
    return socket;
  }

  async function nobodyIsLeft(base: number): Promise<void> {
    // Connections of the proxy, which it keeps for a while, come and go.
    while (descriptors() > base + 50) await delay(20);
    while (!(await metrics()).includes('\nlive_streams 0\n')) await delay(20);
  }

  function descriptors(): number {
    return readdirSync(`/proc/${shop.pid}/fd`).length;
  }

  async function metrics(): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${shop.port}/metrics`);
    return answer.text();
  }

  async function heap(): Promise<number> {
    const note = `${shop.folder}/heap`;
    writeFileSync(note, '');
    process.kill(shop.pid, 'SIGWINCH');
    let bytes = '';
    while (bytes === '') {
      await delay(10);
      bytes = readFileSync(note, 'utf8');
    }
    return Number(bytes);
  }
});

async function hears(socket: Socket, pattern: RegExp): Promise<string> {
  let text = '';
  while (!pattern.test(text)) text += ((await once(socket, 'data')) as [string])[0];
  return text;
}

function slowest(times: number[]): string {
  return `${Math.max(...times).toFixed(0)} ms`;
}
