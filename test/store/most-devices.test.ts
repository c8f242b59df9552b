import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { SessionFull } from '../../src/store/contract/errors.ts';
import type { OwnerEvent } from '../../src/store/contract/events.ts';
import type { Owner } from '../../src/store/contract/owner.ts';
import { MOST_DEVICES } from '../../src/store/contract/sessions.ts';
import { hashSessionId } from '../../src/store/sealing/sealed-sessions.ts';
import { hour, minute } from '../support/clock.ts';
import { backends, openBackend } from './backends.ts';

const newId = () => randomBytes(32).toString('base64url');
const newOwner = (): Owner => `user-${randomBytes(9).toString('base64url')}`;
const device = { agent: 'Firefox', network: '192.0.2.*', since: 1 };

for (const name of backends) {
  test(`what a user can have in ${name}`, async (t) => {
    await using backend = await openBackend(name);
    const { clock, told } = backend;
    const { sessions, events } = backend.store;

    async function signIn(owner: Owner): Promise<string> {
      const id = newId();
      await sessions.create(id, { owner, device });
      clock.advance(minute);
      return id;
    }

    await t.test('one device too many ends the one that was unseen for longest', async () => {
      const owner = newOwner();
      const heard: OwnerEvent[] = [];
      const stop = await events.watch(owner, (event) => heard.push(event));
      const ids: string[] = [];
      for (let made = 0; made < MOST_DEVICES; made += 1) ids.push(await signIn(owner));
      clock.advance(hour);
      await sessions.load(ids[0]!);
      assert.deepEqual(told.endedDevices, []);

      const newest = await signIn(owner);
      assert.equal(await sessions.load(ids[1]!), null);
      assert.deepEqual(told.endedDevices, [hashSessionId(ids[1]!)]);
      assert.equal(heard.at(-1)?.kind, 'ended');
      stop();
      const { devices } = (await sessions.load(newest, { devices: true }))!;
      assert.equal(devices.length, MOST_DEVICES);
      const listed = new Set(devices.map(({ id }) => id));
      assert.ok(listed.has(hashSessionId(ids[0]!)), 'the first was seen later');
      assert.ok(!listed.has(hashSessionId(ids[1]!)));
    });

    await t.test('after the clock was set back, the newest device stays', async () => {
      const owner = newOwner();
      for (let made = 0; made < MOST_DEVICES; made += 1) await signIn(owner);
      clock.advance(-2 * hour);
      const newest = await signIn(owner);
      clock.advance(2 * hour);
      assert.notEqual(await sessions.load(newest), null);
    });

    await t.test('many sign-ins at once leave no more devices than one may have', async () => {
      const owner = newOwner();
      const ids = await Promise.all(
        Array.from({ length: 2 * MOST_DEVICES }, async () => {
          const id = newId();
          await sessions.create(id, { owner, device });
          return id;
        }),
      );
      const alive = await Promise.all(ids.map((id) => sessions.load(id)));
      assert.equal(alive.filter(Boolean).length, MOST_DEVICES);
    });

    await t.test('a rotation with all devices taken ends none', async () => {
      const owner = newOwner();
      const ids: string[] = [];
      for (let made = 0; made < MOST_DEVICES; made += 1) ids.push(await signIn(owner));
      const to = newId();
      await sessions.rotate(ids.at(-1)!, to, []);
      assert.notEqual(await sessions.load(ids[0]!), null);
      assert.equal((await sessions.load(to, { devices: true }))!.devices.length, MOST_DEVICES);
    });

    await t.test('a page can have the devices that were seen last, and no others', async () => {
      const owner = newOwner();
      const ids: string[] = [];
      for (let made = 0; made < 8; made += 1) ids.push(await signIn(owner));
      const { devices } = (await sessions.load(ids.at(-1)!, { devices: 3 }))!;
      assert.deepEqual(
        devices.map(({ id }) => id),
        ids.slice(-3).toReversed().map(hashSessionId),
      );
    });

    await t.test('a session grows until it is full, and stays readable', async () => {
      const id = newId();
      await sessions.create(id, { owner: newOwner(), device });
      const add = (property: string) =>
        sessions.update(id, {
          set: { [property]: { ...device, agent: 'x'.repeat(1000) } },
          remove: [],
          variables: { set: {}, remove: [] },
        });
      let added = 0;
      await assert.rejects(async () => {
        for (; added < 1000; added += 1) await add(`arrival:${added}`);
      }, SessionFull);
      assert.ok(added > 100, `${added} were added`);
      assert.equal((await sessions.load(id))!.fields['arrival:0'] !== undefined, true);

      // What is there already can change and go.
      assert.equal(await add('arrival:0'), true);
      const remove = ['arrival:0', 'arrival:1'];
      const part = { set: { flash: { arrival: ['x'] } }, variables: { set: {}, remove: [] } };
      assert.equal(await sessions.update(id, { ...part, remove }), true);
      assert.equal((await sessions.load(id))!.fields['arrival:1'], undefined);
      assert.deepEqual(told.damaged, []);
    });
  });
}
