import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { exchange, startedShop, type RawAnswer } from './started-shop.ts';

suite('slow clients', { concurrency: true }, () => {
  const shop = startedShop();
  const head = (start: string) =>
    `${start} HTTP/1.1\r\nhost: ${shop.host}\r\nx-forwarded-proto: https\r\n`;

  test('that dribble are closed within 12 s, and nobody else waits', async (t) => {
    const form = `${head('POST /login')}content-type: application/json\r\nsec-fetch-site: same-origin\r\n`;
    const all = Promise.all([
      ...Array.from({ length: 60 }, () => dribble(`${head('GET /shop')}x-slow: `, 'a')),
      ...Array.from({ length: 60 }, () => dribble(`${form}content-length: 1000\r\n\r\n`, ' ')),
      ...Array.from({ length: 10 }, () => dribble('', '')),
    ]);
    const waits = await waitsUntil(all);
    const answers = await all;
    const longest = Math.max(...answers.map(({ milliseconds }) => milliseconds));
    t.diagnostic(
      `${answers.length} slow clients, the last closed after ${(longest / 1000).toFixed(1)} s; ` +
        `p99 of ${waits.length} others ${waits[Math.floor(waits.length * 0.99)]!.toFixed(0)} ms`,
    );
    assert.ok(answers.every(({ closed }) => closed));
    assert.ok(longest < 12_000);
  });

  test('that have got their answer and say no more are closed within 12 s, and know it', async (t) => {
    const { text, statuses, closed, milliseconds } = await shop.send(`${head('GET /livez')}\r\n`);
    t.diagnostic(`closed after ${(milliseconds / 1000).toFixed(1)} s`);
    assert.deepEqual(statuses, [200]);
    assert.match(text, /\r\nkeep-alive: timeout=10\r\n/i);
    assert.ok(closed);
    assert.ok(milliseconds > 10_000 && milliseconds < 12_500, `${milliseconds}`);
  });

  test('that never read are cut off within 30 s', async (t) => {
    const socket = connect(shop.port, '127.0.0.1');
    await once(socket, 'connect');
    const start = performance.now();
    socket.pause();
    socket.write(`${head('GET /shop')}\r\n`.repeat(400));
    // Who does not read is told nothing, so the other end is watched.
    while (isOpen(shop.port, socket.localPort!)) await delay(50);
    socket.destroy();
    const seconds = (performance.now() - start) / 1000;
    t.diagnostic(`cut off after ${seconds.toFixed(1)} s; memory ${shop.memory().toFixed(0)} MB`);
    assert.ok(seconds < 31);
  });

  /** Sends the beginning, then a little every second. The shop's patience begins with the connection. */
  async function dribble(beginning: string, drop: string): Promise<RawAnswer> {
    const socket = shop.dial();
    await once(socket, 'secureConnect');
    const dripping = setInterval(() => drop && socket.writable && socket.write(drop), 1000);
    return exchange(socket, beginning).finally(() => clearInterval(dripping));
  }

  /** How long others wait for a page meanwhile, sorted. */
  async function waitsUntil(end: Promise<unknown>): Promise<number[]> {
    const waits: number[] = [];
    const state = { ended: false };
    void end.finally(() => (state.ended = true));
    while (!state.ended) {
      const start = performance.now();
      const { statusCode } = await shop.app.inject({ method: 'GET', url: '/shop' });
      assert.equal(statusCode, 200);
      waits.push(performance.now() - start);
    }
    return waits.sort((a, b) => a - b);
  }
});

/** Is the connection between these two ports established, seen from the first? */
function isOpen(from: number, to: number): boolean {
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');
  const end = new RegExp(`:${hex(from)} [0-9A-F]{8}:${hex(to)} 01 `);
  return end.test(readFileSync('/proc/net/tcp', 'utf8'));
}
