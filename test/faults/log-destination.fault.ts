import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createLogDestination, MOST_WAITING } from '../../src/operations/log-destination.ts';
import { GRACE } from '../../src/operations/drain.ts';
import { temporaryFolder } from '../support/folder.ts';
import { freePort } from '../support/redis-server.ts';
import { ROOT } from '../support/refused-start.ts';
import { SECRET } from '../support/shop.ts';

const LINE = `${'x'.repeat(1023)}\n`;
/** So many requests write more lines than may wait. */
const REQUESTS = 4000;
const AT_ONCE = 20;

suite('a log that nobody reads', () => {
  test('keeps a bounded number of lines, and says afterwards how many were dropped', async () => {
    const pipe = new PassThrough();
    const log = createLogDestination(pipe);
    const told: number[] = [];
    log.onRoom((dropped) => void told.push(dropped));

    const lines = (3 * MOST_WAITING) / LINE.length;
    for (let index = 0; index < lines; index += 1) log.write(LINE);
    assert.ok(pipe.writableLength < MOST_WAITING + 2 * LINE.length);
    assert.ok(log.dropped() > lines / 2);
    assert.deepEqual(told, []);

    pipe.resume();
    await once(pipe, 'drain');
    assert.deepEqual(told, [log.dropped()]);
  });

  test('whose reader is gone harms nobody', async () => {
    const broken = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('gone'), { code: 'EPIPE' })),
      autoDestroy: false,
    });
    const log = createLogDestination(broken);
    log.write(LINE);
    await delay(0);
    assert.equal(log.dropped(), 1);
  });

  for (const signals of [1, 2]) {
    test(`lets the process end within its time after ${signals} SIGTERM`, async (t) => {
      await using folder = await temporaryFolder();
      const port = await freePort();
      const server = spawn(process.execPath, ['src/server.ts'], {
        cwd: ROOT,
        // Nobody reads the pipe.
        stdio: ['ignore', 'pipe', 'ignore'],
        env: {
          PATH: process.env.PATH,
          NODE_ENV: 'production',
          SECRET_KEY: SECRET,
          PORT: `${port}`,
          DATA_DIR: folder.file('data'),
        },
      });
      t.after(() => server.kill('SIGKILL'));
      const livez = `http://localhost:${port}/livez`;
      while (!(await isOk(livez))) await delay(50);

      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          for (let index = 0; index < REQUESTS / AT_ONCE; index += 1) {
            await isOk(`http://localhost:${port}/nothing-here`);
          }
        }),
      );
      const metrics = await (await fetch(`http://localhost:${port}/metrics`)).text();
      assert.match(metrics, /^log_lines_dropped [1-9]/m);
      assert.ok(await isOk(livez), 'it still answers');

      const began = performance.now();
      for (let sent = 0; sent < signals; sent += 1) {
        server.kill('SIGTERM');
        await delay(100);
      }
      if (server.exitCode === null) await once(server, 'exit');
      assert.equal(server.exitCode, signals - 1);
      assert.ok(performance.now() - began < GRACE + 1000);
    });
  }
});

async function isOk(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url);
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
