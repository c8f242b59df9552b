/**
 * How long does the purge hold up the event loop? Fills an embedded store with expired sessions, purges
 * them, and says the longest pause. The demand: none over 50 ms.
 *
 *   npx node bench/purge.ts [sessions, default 1000000] [seconds to watch it, default until all are gone]
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { openSqlite } from '../src/store/sqlite/client.ts';
import { startPurge } from '../src/store/sqlite/purge.ts';

const DEMAND = 50;
const sessions = Number(process.argv[2] ?? 1_000_000);
const seconds = Number(process.argv[3] ?? Infinity);
const folder = await mkdtemp(join(tmpdir(), 'satchel-purge-'));
const file = join(folder, 'state.db');

try {
  fill();
  await flush();
  const batches: number[] = [];
  const client = openSqlite(file, {
    onRoundTrip: ({ milliseconds }) => void batches.push(milliseconds),
    onError() {},
  });
  const { database } = client;
  const { size } = await stat(file);
  console.log(`${sessions} expired sessions in ${Math.round(size / 1e6)} MB`);

  const left = database.prepare<[], number>('SELECT count(*) FROM sessions').pluck();
  const some = database.prepare<[], 1>('SELECT 1 FROM sessions LIMIT 1').pluck();
  const pauses = monitorEventLoopDelay({ resolution: 1 });
  pauses.enable();
  const start = performance.now();
  const stop = startPurge(client, {
    sessionPrefix: 'session:',
    lifetimes: { sessionIdle: 1, sessionAbsolute: 1, guestCart: 1, userCart: 1 },
    clock: Date.now,
    events: {
      onRoundTrip() {},
      onDamaged() {},
      onDeviceEnded() {},
      onDamagedCart() {},
      onError() {},
    },
  });
  while (some.get() !== undefined && performance.now() - start < seconds * 1000) await delay(200);
  const total = performance.now() - start;
  pauses.disable();
  stop();

  const ms = (nanoseconds: number) => (nanoseconds / 1e6).toFixed(1);
  const ofBatches = (share: number) =>
    (batches.toSorted((a, b) => a - b).at(Math.floor(batches.length * share)) ?? 0).toFixed(1);
  const longest = Math.max(...batches);
  console.log(`${left.get()} left after ${(total / 1000).toFixed(1)} s, ${batches.length} batches`);
  console.log(
    `batch: median ${ofBatches(0.5)} ms, 99 % ${ofBatches(0.99)} ms, longest ${longest.toFixed(1)} ms (batch ${batches.indexOf(longest) + 1}), then ${Math.max(...batches.slice(1)).toFixed(1)} ms`,
  );
  console.log(
    `event loop: 99 % ${ms(pauses.percentile(99))} ms, longest pause ${ms(pauses.max)} ms (demand: ${DEMAND} ms)`,
  );
  client.close();
  if (longest > DEMAND) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}

/** The first checkpoint would otherwise wait for the disk to take all that was filled in. */
async function flush(): Promise<void> {
  await using filled = await open(file);
  await filled.sync();
}

/** Rows as they are in life: hashed keys, four sealed fields of a session, some 250 bytes of them. */
function fill() {
  const { database } = openSqlite(file, { onRoundTrip() {}, onError() {} });
  const session = database.prepare('INSERT INTO sessions (key, owner, expires) VALUES (?, ?, ?)');
  const field = database.prepare('INSERT INTO session_fields (key, field, value) VALUES (?, ?, ?)');
  const listed = database.prepare(
    'INSERT INTO devices (owner, key, sealed, seen) VALUES (?, ?, ?, ?)',
  );
  database.pragma('synchronous = OFF');
  database.pragma('cache_size = -500000');
  // In the order of their keys, as the tables are kept: filling a million takes a minute less.
  const keys = Array.from(
    { length: sessions },
    (_, index) => `session:${createHash('sha256').update(String(index)).digest('hex')}`,
  ).toSorted();
  const expired = Date.now() - 86_400_000;
  database.transaction(() => {
    for (const [index, key] of keys.entries()) {
      const owner = `user-${index}`;
      // Their expiries lie in no order of the keys.
      const expires = expired - Math.floor(Math.random() * 86_400_000);
      session.run(key, owner, expires);
      const bytes = randomBytes(250 + 4 * 17);
      for (const [from, to] of [
        [0, 45],
        [45, 100],
        [100, 160],
        [160, 250],
      ]) {
        const name = bytes
          .subarray(from, (from ?? 0) + 17)
          .toString('base64url')
          .slice(0, 22);
        field.run(key, name, bytes.subarray(from, to));
      }
      listed.run(owner, key, bytes.subarray(0, 120), expires);
    }
  })();
  database.close();
}
