import assert from 'node:assert/strict';
import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { suite, test } from 'node:test';
import Database from 'better-sqlite3';
import { StoreUnavailable } from '../../../src/store/contract/errors.ts';
import type { Store } from '../../../src/store/contract/store.ts';
import { openStore } from '../../../src/store/open.ts';
import { createClock } from '../../support/clock.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { FIRST_SECRET, lifetimes, quiet } from '../backends.ts';

function openOn(stateFile: string): Promise<Store> {
  const settings = {
    redisUrl: undefined,
    stateFile,
    secrets: [FIRST_SECRET],
    sessionKeyPrefix: 'session:',
    lifetimes,
  };
  return openStore(settings, createClock(), quiet);
}

const add = ({ carts }: Store, owner: `guest-${string}`) =>
  carts.change(owner, { id: owner, kind: 'add', slug: 'a', quantity: 1 });

/** Returns the sentence that says why a change would not work. */
async function refusal(store: Store): Promise<string> {
  const error: unknown = await store.checkReadiness().then(
    () => new Error('It is ready.'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof StoreUnavailable, String(error));
  return (error.cause as Error).message;
}

suite('readiness of the embedded store', () => {
  test('a file that another process keeps locked', async () => {
    await using folder = await temporaryFolder();
    const file = folder.file('state.db');
    const store = await openOn(file);
    const other = new Database(file);
    other.exec('BEGIN IMMEDIATE');
    assert.match(await refusal(store), /locked/);
    other.exec('ROLLBACK');
    await store.checkReadiness();
    other.close();
    await store.close();
  });

  test('a damaged file', async () => {
    await using folder = await temporaryFolder();
    const file = folder.file('state.db');
    const first = await openOn(file);
    for (let guest = 0; guest < 200; guest += 1) await add(first, `guest-${guest}`);
    await first.close();

    const store = await openOn(file);
    await store.checkReadiness();
    overwrite(file);
    await assert.rejects(add(store, 'guest-7'), StoreUnavailable);
    assert.match(await refusal(store), /is damaged\. Stop the shop, restore a backup/);
    await store.close();
  });
});

/** Writes over everything but the first page. */
function overwrite(file: string): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(statSync(file).size - 4096, 'x'), 0, undefined, 4096);
  closeSync(handle);
}
