import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { SessionGone } from '../../src/store/contract/errors.ts';
import type { Owner } from '../../src/store/contract/owner.ts';
import { hashSessionId } from '../../src/store/sealing/sealed-sessions.ts';
import { day } from '../support/clock.ts';
import { backends, openBackend } from './backends.ts';

for (const name of backends) {
  test(`a change in the name of a session in ${name}`, async (t) => {
    await using backend = await openBackend(name);
    const { sessions, carts } = backend.store;

    async function signedIn() {
      const owner: Owner = `user-${randomUUID()}`;
      const id = randomUUID();
      const device = { agent: 'Test', network: '192.0.2.*', since: backend.clock() };
      await sessions.create(id, { owner, device });
      const add = () =>
        carts.change(
          owner,
          { id: randomUUID(), kind: 'add', slug: 'a', quantity: 1 },
          hashSessionId(id),
        );
      return { owner, id, add };
    }

    await t.test('is applied while the session lives', async () => {
      const { add } = await signedIn();
      assert.deepEqual((await add()).lines, [{ slug: 'a', quantity: 1 }]);
    });

    await t.test('changes nothing once it was signed out', async () => {
      const { owner, id, add } = await signedIn();
      await add();
      const before = await carts.read(owner);
      await sessions.destroy(id);

      await assert.rejects(add, SessionGone);
      assert.deepEqual(await carts.read(owner), before);
    });

    await t.test('changes nothing once it was ended from another device', async () => {
      const { owner, id, add } = await signedIn();
      await sessions.endDevice(owner, hashSessionId(id));

      await assert.rejects(add, SessionGone);
      assert.equal((await carts.read(owner)).version, 0);
    });

    await t.test('changes nothing once it has run out', async () => {
      const { owner, add } = await signedIn();
      backend.clock.advance(14 * day);

      await assert.rejects(add, SessionGone);
      assert.equal((await carts.read(owner)).version, 0);
    });

    const cost = name === 'redis-cluster' ? 2 : 1;
    await t.test(`costs ${cost === 1 ? 'no' : 'one'} round trip more than without`, async () => {
      const { add } = await signedIn();
      const before = backend.told.trips;
      await add();
      assert.equal(backend.told.trips, before + cost);
    });
  });
}
