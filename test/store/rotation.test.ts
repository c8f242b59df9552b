import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { StoreUnavailable } from '../../src/store/contract/errors.ts';
import { createKeyring } from '../../src/store/sealing/keyring.ts';
import type { SessionBackend } from '../../src/store/backend.ts';
import { createSealedSessions } from '../../src/store/sealing/sealed-sessions.ts';
import { openSqlite } from '../../src/store/sqlite/client.ts';
import { createSqliteSessionBackend } from '../../src/store/sqlite/session-backend.ts';
import { createWatchers } from '../../src/store/watchers.ts';
import {
  FIRST_SECRET,
  backends,
  lifetimes,
  openBackend,
  SECOND_SECRET,
  quiet,
} from './backends.ts';

for (const name of backends) {
  test(`rotating the secret of ${name}: old, then new and old, then new`, async () => {
    await using backend = await openBackend(name);
    const ids = Array.from({ length: 3 }, () => randomBytes(32).toString('base64url'));
    const [seen, unseen, another] = ids as [string, string, string];
    for (const id of ids) {
      const device = { agent: 'Firefox', network: '192.0.2.*', since: 1 };
      const variables = { colour: 'green' };
      await backend.store.sessions.create(id, { owner: 'user-rotates', device, variables });
    }
    await backend.store.sessions.destroy(another);

    const { sessions } = await backend.openAnother([SECOND_SECRET, FIRST_SECRET]);
    assert.deepEqual(await sessions.countStale(), { sessions: 2, stale: 2 });
    const loaded = (await sessions.load(seen))!;
    assert.equal(loaded.stale, true);

    // The app saves a stale session whole.
    const { variables, ...set } = loaded.fields;
    await sessions.update(seen, { set, remove: [], variables: { set: variables!, remove: [] } });
    const renewed = (await sessions.load(seen, { devices: true }))!;
    assert.equal(renewed.stale, false);
    assert.equal(renewed.devices.length, 2, 'devices open under either secret');
    assert.deepEqual(await sessions.countStale(), { sessions: 2, stale: 1 });

    const { sessions: last } = await backend.openAnother([SECOND_SECRET]);
    assert.deepEqual({ ...(await last.load(seen))!.fields.variables }, { colour: 'green' });
    assert.equal(await last.load(unseen), null, 'only who was not seen in between is signed out');
    assert.deepEqual(await last.countStale(), { sessions: 1, stale: 0 });
  });

  test(`resealing in ${name}, by an app that has both secrets, leaves nothing under the old secret`, async () => {
    await using backend = await openBackend(name);
    const id = randomBytes(32).toString('base64url');
    const device = { agent: 'Firefox', network: '192.0.2.*', since: 1 };
    await backend.store.sessions.create(id, {
      owner: 'user-rotates',
      device,
      variables: { a: 'b' },
    });

    const { sessions } = await backend.openAnother([SECOND_SECRET, FIRST_SECRET]);
    await sessions.reseal(id);
    const { sessions: last } = await backend.openAnother([SECOND_SECRET]);
    const { fields, devices } = (await last.load(id, { devices: true }))!;
    assert.deepEqual({ ...fields.variables }, { a: 'b' });
    assert.deepEqual(
      devices.map(({ agent }) => agent),
      ['Firefox'],
    );
  });
}

test('a reseal that was interrupted is repeated completely at the next load', async () => {
  await using backend = await openBackend('sqlite');
  const id = randomBytes(32).toString('base64url');
  const device = { agent: 'Firefox', network: '192.0.2.*', since: 1 };
  await backend.store.sessions.create(id, { owner: 'user-rotates', device });
  const client = openSqlite(join(backend.folder, 'state.db'), quiet);
  const options = { sessionPrefix: 'session:', lifetimes, clock: backend.clock, events: quiet };
  const sessionBackend = createSqliteSessionBackend(client, options, createWatchers());
  const keyring = createKeyring([SECOND_SECRET, FIRST_SECRET]);

  for (const at of [1, 2, 3]) {
    let calls = 0;
    const cut = async () => {
      calls += 1;
      if (calls === at) throw new StoreUnavailable(new Error('cut off'));
    };
    const cutOff: SessionBackend = {
      ...sessionBackend,
      write: async (...args) => (await cut(), sessionBackend.write(...args)),
      reseal: async (...args) => (await cut(), sessionBackend.reseal(...args)),
    };
    const sessions = createSealedSessions({ ...options, backend: cutOff, keyring });
    const { stale } = (await sessions.load(id))!;
    if (stale)
      await sessions.reseal(id).catch((error) => assert.ok(error instanceof StoreUnavailable));
  }
  client.close();

  const { sessions: last } = await backend.openAnother([SECOND_SECRET]);
  const { devices } = (await last.load(id, { devices: true }))!;
  assert.equal(devices.length, 1, 'the device opens as well as the session');
});
