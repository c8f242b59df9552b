import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { FIRST_SECRET, homes, openHome, SECOND_SECRET } from './homes.ts';

for (const name of homes) {
  test(`rotating the secret of ${name}: old, then new and old, then new`, async () => {
    await using home = await openHome(name);
    const ids = Array.from({ length: 3 }, () => randomBytes(32).toString('base64url'));
    const [seen, unseen, another] = ids as [string, string, string];
    for (const id of ids) {
      const device = { agent: 'Firefox', network: '192.0.2.*', since: 1 };
      const variables = { colour: 'green' };
      await home.store.sessions.create(id, { owner: 'user-rotates', device, variables });
    }
    await home.store.sessions.destroy(another);

    const { sessions } = await home.openAnother([SECOND_SECRET, FIRST_SECRET]);
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

    const { sessions: last } = await home.openAnother([SECOND_SECRET]);
    assert.deepEqual({ ...(await last.load(seen))!.fields.variables }, { colour: 'green' });
    assert.equal(await last.load(unseen), null, 'only who was not seen in between is signed out');
    assert.deepEqual(await last.countStale(), { sessions: 1, stale: 0 });
  });
}
