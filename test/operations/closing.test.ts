import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { suite, test } from 'node:test';
import { setInterval as every, setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { startBalancer } from '../support/balancer.ts';
import { Browser } from '../support/browser.ts';
import { temporaryFolder } from '../support/folder.ts';
import { httpSite } from '../support/http-site.ts';
import { freePort, startRedis } from '../support/redis-server.ts';
import { startServer, type ServerProcess } from '../support/server-process.ts';
import { openStream, type Stream } from '../support/stream.ts';

const BETWEEN_REQUESTS = 5;
const DEVICES = 20;
const STREAMS = 500;
/** Of src/session/live/stream-limits.ts. */
const STREAMS_OF_AN_OWNER = 10;

suite('a shop that is asked to end under load', () => {
  test('cuts no answer, loses nothing, and is back at once', async (t) => {
    await using stack = new AsyncDisposableStack();
    const shop = await newShop(stack);
    const first = stack.use(await shop.start(shop.port));
    const site = siteAt(shop.port, stack);
    const load = startLoad(await devicesOf(site));

    await load.answered(200);
    const { code, time } = await endTimed(first);
    const down = performance.now();
    const second = stack.use(await shop.start(shop.port));
    t.diagnostic(`ended after ${time} ms, and down for ${since(down)} ms`);
    await load.answered(200);

    assert.equal(code, 0);
    const { failures } = await load.stop();
    t.diagnostic(`${load.count()} requests, ${failures.length} while it was down`);
    const takenIn = [first, second].map(requestsTakenIn);
    assert.equal(takenIn[0]! + takenIn[1]!, site.answers(), 'whatever was taken in was answered');
    for (const failure of failures) assert.match(failure, /^(ECONNREFUSED|ECONNRESET)$/);
    await load.assertNothingLost();
  });

  test('beside another behind a balancer fails no request, and its streams find the other', async (t) => {
    await using stack = new AsyncDisposableStack();
    const shop = await newShop(stack);
    const ports = [await freePort(), await freePort()];
    const [first] = await Promise.all(ports.map(async (port) => stack.use(await shop.start(port))));
    stack.use(await startBalancer(shop.port, ports));
    const site = siteAt(shop.port, stack);
    const streams = await openStreams(shop.origin, site, stack);
    const load = startLoad(await devicesOf(site));

    await load.answered(200);
    const { code, time } = await endTimed(first!);
    const ended = performance.now();
    await streams.areBack(STREAMS / 2);
    t.diagnostic(`ended after ${time} ms; its streams were back ${since(ended)} ms later`);
    await load.answered(200);

    assert.equal(code, 0);
    const { failures } = await load.stop();
    t.diagnostic(`${load.count()} requests`);
    assert.deepEqual(failures, []);
    await load.assertNothingLost();
  });

  test('answers every request that began before, however late its form ends', async () => {
    await using stack = new AsyncDisposableStack();
    const shop = await newShop(stack);
    const server = stack.use(await shop.start(shop.port));
    const browser = new Browser(siteAt(shop.port, stack));
    await browser.add('weekender');
    const slow = openForm(shop, browser);

    const ended = server.endBy('SIGTERM');
    await until(async () => !(await isListening(shop.port)));
    const answer = await slow.finish();

    assert.match(answer, /^HTTP\/1\.1 200 [^]+"count":2/);
    assert.equal(await ended, 0);
  });
});

suite('a shop that is asked to end in development', { concurrency: true }, () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`does so at once at ${signal}, as one that is well`, async (t) => {
      await using folder = await temporaryFolder();
      await using server = await startServer({ PORT: '0', DATA_DIR: folder.file('data') });
      const { code, time } = await endTimed(server, signal);
      t.diagnostic(`ended after ${time} ms`);
      assert.equal(code, 0);
    });
  }
});

// These tests mostly wait, so they wait together.
suite('a shop that cannot end', { concurrency: true }, () => {
  test('ends at the second signal, and says so', async () => {
    await using stack = new AsyncDisposableStack();
    const shop = await newShop(stack);
    const server = stack.use(await shop.start(shop.port));
    const ended = server.endBy('SIGTERM');
    await until(async () => !(await isReady(shop.origin)));
    process.kill(server.pid, 'SIGTERM');
    assert.equal(await ended, 1);
    await server.logged(/second SIGTERM/);
  });

  test('is ended by itself before a supervisor would kill it', async (t) => {
    await using stack = new AsyncDisposableStack();
    const shop = await newShop(stack);
    const server = stack.use(await shop.start(shop.port));
    const browser = new Browser(siteAt(shop.port, stack));
    await browser.add('weekender');
    const ended = endTimed(server);
    await until(async () => !(await isReady(shop.origin)));
    // Begun late, so that its time runs out after the shop's.
    openForm(shop, browser);
    const { code, time } = await ended;
    t.diagnostic(`ended after ${time} ms`);
    assert.equal(code, 1);
    await server.logged(/killed by timeout/);
  });
});

async function newShop(stack: AsyncDisposableStack) {
  const folder = stack.use(await temporaryFolder());
  const redis = stack.use(await startRedis());
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  return {
    port,
    origin,
    start: (port: number) =>
      startServer({
        NODE_ENV: 'production',
        PORT: `${port}`,
        PUBLIC_URL: origin,
        TRUST_PROXY: '127.0.0.1',
        SECRET_KEY: 'a secret of the closing shop that is long enough',
        DATA_DIR: folder.file('data'),
        REDIS_URL: redis.url,
        LIMIT_PER_ADDRESS: '0',
      }),
  };
}

/**
 * What a process has read. A connection that comes in the very moment in which the listener closes is accepted by
 * the kernel alone, and ends like one that was refused.
 */
function requestsTakenIn(server: ServerProcess): number {
  return server.log().filter((line) => line.includes('"incoming request"')).length;
}

interface Site {
  app: { inject: FastifyInstance['inject'] };
  /** How many requests were answered, to the end. */
  answers(): number;
}

function siteAt(port: number, stack: AsyncDisposableStack): Site {
  const agent = new Agent({ keepAlive: true });
  stack.defer(() => agent.destroy());
  const { app } = httpSite(port, agent);
  let answers = 0;
  async function inject(asked: InjectOptions) {
    const answer = await app.inject(asked);
    answers += 1;
    return answer;
  }
  return { app: { inject: inject as never }, answers: () => answers };
}

async function devicesOf(site: Site): Promise<Browser[]> {
  const devices = Array.from({ length: DEVICES }, () => new Browser(site));
  await Promise.all(devices.map((device) => device.add('weekender')));
  return devices;
}

/** Two hundred requests a second: each device adds one bag after the other, and looks at its cart in between. */
function startLoad(devices: Browser[]) {
  const stopped = new AbortController();
  const journals = new Map(devices.map((device) => [device, { acknowledged: 1, unknown: 0 }]));
  const failures: string[] = [];
  const underWay = new Set<Promise<void>>();
  let count = 0;
  let answers = 0;

  async function ask(number: number): Promise<void> {
    const device = devices[number % devices.length]!;
    const isAdd = Math.floor(number / devices.length) % 2 === 0;
    const journal = journals.get(device)!;
    try {
      const { status, body } = isAdd ? await add(device) : await device.get('/cart');
      if (status !== 200) throw Object.assign(new Error(body), { code: `${status}` });
      answers += 1;
      if (isAdd) journal.acknowledged += 1;
    } catch (error) {
      failures.push((error as NodeJS.ErrnoException).code ?? String(error));
      if (isAdd) journal.unknown += 1;
    }
  }

  const ticking = (async () => {
    for await (const _ of every(BETWEEN_REQUESTS, null, { signal: stopped.signal })) {
      const asked = ask((count += 1)).finally(() => underWay.delete(asked));
      underWay.add(asked);
    }
  })().catch(() => {});

  return {
    count: () => count,
    /** Waits for so many more answers. */
    async answered(more: number) {
      const goal = answers + more;
      await until(() => answers >= goal);
    },
    async stop() {
      stopped.abort();
      await ticking;
      await Promise.all(underWay);
      return { failures };
    },
    async assertNothingLost() {
      for (const [device, { acknowledged, unknown }] of journals) {
        const { weekender = 0 } = await device.lines();
        assert.ok(acknowledged <= weekender && weekender <= acknowledged + unknown);
      }
    },
  };
}

function add(device: Browser) {
  const line = { product: 'weekender', quantity: 1, change: randomUUID() };
  return device.postJson('/cart/lines', line);
}

/** Opens as many streams as each owner may have. A stream that ends is opened again, as an EventSource does. */
async function openStreams(origin: string, site: Site, stack: AsyncDisposableStack) {
  let back = 0;
  const owners = Array.from({ length: STREAMS / STREAMS_OF_AN_OWNER }, () => new Browser(site));
  await Promise.all(owners.map((owner) => owner.add('weekender')));
  const open = async (owner: Browser, address: number) => {
    const stream = stack.use(
      await openStream(origin, owner, { 'x-forwarded-for': `203.0.113.${address}` }),
    );
    assert.equal(stream.status, 200);
    assert.deepEqual((await stream.next())?.data, { version: 1 });
    return stream;
  };
  async function follow(stream: Stream, owner: Browser, address: number) {
    if ((await stream.next()) !== null) return;
    await delay(stream.retry());
    await open(owner, address);
    back += 1;
  }
  await Promise.all(
    owners.flatMap((owner, address) =>
      Array.from({ length: STREAMS_OF_AN_OWNER }, async () => {
        const stream = await open(owner, address);
        follow(stream, owner, address).catch(() => {});
      }),
    ),
  );
  return {
    async areBack(count: number) {
      await until(() => back >= count);
    },
  };
}

/** A form whose first half is on its way. */
function openForm({ port }: { port: number }, browser: Browser) {
  const body = JSON.stringify({ product: 'weekender', quantity: 1, change: randomUUID() });
  const cookie = browser.cookieHeader;
  const socket = connect(port, 'localhost');
  socket.write(
    `POST /cart/lines HTTP/1.1\r\nhost: localhost:${port}\r\nsec-fetch-site: same-origin\r\n` +
      `accept: application/json\r\ncontent-type: application/json\r\ncookie: ${cookie}\r\n` +
      `content-length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
  );
  return {
    async finish(): Promise<string> {
      socket.write(body.slice(10));
      let text = '';
      for await (const data of socket.setEncoding('utf8')) text += data;
      return text;
    },
  };
}

async function endTimed(server: ServerProcess, signal: NodeJS.Signals = 'SIGTERM') {
  const start = performance.now();
  const code = await server.endBy(signal);
  return { code, time: since(start) };
}

function since(start: number): string {
  return (performance.now() - start).toFixed(0);
}

function isReady(origin: string): Promise<boolean> {
  return fetch(`${origin}/readyz`).then(({ ok }) => ok);
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, 'localhost', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(10);
}
