/**
 * Does a log-in tell whether there is an account? `npx node bench/log-in-timing.ts` prints the medians of
 * 200 wrong passwords for accounts that exist and 200 for accounts that do not, in turn.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../src/app.ts';
import { createPasswords, theShop } from '../src/auth/password/passwords.ts';
import { readConfig } from '../src/settings/config.ts';

const TRIES = 200;
/** So few tries for an account that none has to wait. */
const ACCOUNTS = TRIES / 4;

const folder = await mkdtemp(join(tmpdir(), 'satchel-bench-'));
const app = await createApp(readConfig({ DATA_DIR: folder, LIMIT_PER_ADDRESS: '0' }));
const passwords = createPasswords();
try {
  const passwordHash = await passwords.hash('three warm words here', theShop);
  for (let i = 0; i < ACCOUNTS; i += 1) {
    await app.users.add({
      name: 'Ada',
      email: `known-${i}@example.com`,
      website: null,
      passwordHash,
    });
  }
  const times: Record<'known' | 'other', number[]> = { known: [], other: [] };
  for (let i = 0; i < TRIES; i += 1) {
    for (const kind of ['known', 'other'] as const) {
      times[kind].push(await timeOf(`${kind}-${i % ACCOUNTS}@example.com`));
    }
  }
  console.log(
    `median with an account ${median(times.known)} ms, without ${median(times.other)} ms`,
  );
} finally {
  await passwords.close();
  await app.close();
  await rm(folder, { recursive: true });
}

async function timeOf(email: string): Promise<number> {
  const start = performance.now();
  const { statusCode } = await app.inject({
    method: 'POST',
    url: '/login',
    headers: { 'sec-fetch-site': 'same-origin' },
    payload: { email, password: 'not the password at all' },
  });
  if (statusCode !== 422) throw new Error(`answered ${statusCode}`);
  return performance.now() - start;
}

function median(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!.toFixed(2);
}
