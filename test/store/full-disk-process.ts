/**
 * A process of its own on an embedded store whose disk it fills: `node full-disk-process.ts <folder>`.
 * Says at the end what went wrong.
 */
import { statfsSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { StoreUnavailable } from '../../src/store/contract/errors.ts';
import { openStore } from '../../src/store/open.ts';
import { createClock, day } from '../support/clock.ts';
import { FIRST_SECRET, lifetimes } from './backends.ts';

const folder = process.argv[2] ?? '';
const ballast = join(folder, 'ballast');
const clock = createClock();
const wrong: string[] = [];
const errors: Error[] = [];

async function check(what: string, holds: () => Promise<boolean>): Promise<void> {
  try {
    if (!(await holds())) wrong.push(what);
  } catch (error) {
    wrong.push(`${what}: ${String((error as Error).cause ?? error)}`);
  }
}

const { sessions, carts, checkReadiness, close } = await openStore(
  {
    redisUrl: undefined,
    stateFile: join(folder, 'state.db'),
    secrets: [FIRST_SECRET],
    sessionKeyPrefix: 'session:',
    lifetimes,
  },
  clock,
  {
    onRoundTrip() {},
    onDamaged() {},
    onDeviceEnded() {},
    onDamagedCart() {},
    onError: (error) => void errors.push(error),
  },
);

const owner = 'user-1';
const device = { agent: 'Firefox', network: '192.0.2.*', since: 1 };
let added = 0;
const add = (quantity = 1) =>
  carts.change(owner, { id: `change-${(added += 1)}`, kind: 'add', slug: 'a', quantity });

await sessions.create('here', { owner, device });
await add();
fillUp();
const acknowledged = await addUntilFull();

await check('it says why it is not ready', async () => {
  const reason = await checkReadiness().then(
    () => 'it is ready',
    ({ cause }: StoreUnavailable) => (cause as Error).message,
  );
  return /^The disk of .*state.db is full\.$/.test(reason);
});
await check('a page is shown', async () => (await sessions.load('here')) !== null);
clock.advance(day);
await check('a page is shown a day later', async () => (await sessions.load('here')) !== null);
await check('the log hears that no view was noted', async () =>
  errors.some((error) => error instanceof Database.SqliteError),
);
await check('the cart is as it was acknowledged', async () => {
  const { lines } = await carts.read(owner);
  return lines[0]?.quantity === acknowledged;
});

await rm(ballast);
await check('with room again, adds work', async () => {
  const { lines } = await add();
  return lines[0]?.quantity === acknowledged + 1;
});
await check('with room again, it is ready', async () => {
  await checkReadiness();
  return true;
});
await close();
process.stdout.write(JSON.stringify(wrong));

function fillUp(): void {
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(ballast, Buffer.alloc(bavail * bsize));
}

/** @returns the quantity that was acknowledged last */
async function addUntilFull(): Promise<number> {
  let quantity = 1;
  for (;;) {
    try {
      quantity = (await add()).lines[0]?.quantity ?? 0;
    } catch (error) {
      if (error instanceof StoreUnavailable) return quantity;
      throw error;
    }
  }
}
