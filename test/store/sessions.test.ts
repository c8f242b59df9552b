import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { SessionChanges, SessionFields } from '../../src/store/contract/sessions.ts';
import { day, hour, minute } from '../support/clock.ts';
import { backends, openBackend } from './backends.ts';

const newId = () => randomBytes(32).toString('base64url');
const device = { agent: 'Firefox', network: '192.0.2.*', since: 1 };

function changes(part: Partial<SessionChanges>): SessionChanges {
  return { set: {}, remove: [], variables: { set: {}, remove: [] }, ...part };
}

for (const name of backends) {
  test(`sessions in ${name}`, async (t) => {
    await using backend = await openBackend(name);
    const { clock, store } = backend;
    const { sessions } = store;

    async function create(fields: SessionFields = {}): Promise<string> {
      const id = newId();
      await sessions.create(id, fields);
      return id;
    }

    await t.test('what was stored comes back, with its time of creation', async () => {
      const variables = { colour: 'sea green', 'naïve.näme': '€ 🎒' };
      const id = await create({
        owner: 'guest-a',
        passport: 'x',
        deep: { list: [1, null] },
        variables,
      });
      const loaded = await sessions.load(id);
      const { created, variables: loadedVariables, ...fields } = loaded!.fields;
      assert.deepEqual(fields, { owner: 'guest-a', passport: 'x', deep: { list: [1, null] } });
      assert.deepEqual({ ...loadedVariables }, variables);
      assert.ok(clock() - created! < minute);
      assert.equal(loaded!.stale, false);
    });

    await t.test('an unknown id is no session', async () => {
      assert.equal(await sessions.load(newId()), null);
    });

    await t.test('an update writes what it names and leaves the rest', async () => {
      const id = await create({ a: 1, b: 2, c: 3, variables: { x: '1', y: '2' } });
      const update = changes({
        set: { b: 'new' },
        remove: ['c'],
        variables: { set: { z: '3' }, remove: ['x'] },
      });
      assert.equal(await sessions.update(id, update), true);
      const { created: _, variables, ...fields } = (await sessions.load(id))!.fields;
      assert.deepEqual(fields, { a: 1, b: 'new' });
      assert.deepEqual({ ...variables }, { y: '2', z: '3' });
    });

    await t.test('fifty requests at once that set fifty variables all win', async () => {
      const id = await create();
      const names = Array.from({ length: 50 }, (_, index) => `name${index}`);
      const set = (key: string) =>
        sessions.update(id, changes({ variables: { set: { [key]: key }, remove: [] } }));
      assert.ok((await Promise.all(names.map(set))).every(Boolean));
      const { variables } = (await sessions.load(id))!.fields;
      assert.deepEqual(Object.keys(variables!).toSorted(), names.toSorted());
    });

    await t.test('an update never brings a session back', async () => {
      const id = await create({ a: 1 });
      await sessions.destroy(id);
      assert.equal(await sessions.update(id, changes({ set: { a: 2 } })), false);
      assert.equal(await sessions.load(id), null);
    });

    await t.test('an update that comes too late lists no device', async () => {
      const owner = 'user-too-late';
      const id = await create({ owner, device });
      const here = await create({ owner, device });
      await sessions.destroy(id);
      assert.equal(await sessions.update(id, changes({ set: { owner, device } })), false);
      assert.equal((await sessions.load(here, { devices: true }))!.devices.length, 1);
    });

    await t.test(
      'a thousand sign-outs in a race with requests in flight revive nobody',
      async () => {
        let revived = 0;
        for (let round = 0; round < 1000; round += 1) {
          const id = await create({ owner: 'user-racer', device });
          const inFlight = [
            () => sessions.load(id),
            () => sessions.update(id, changes({ set: { flash: 'x' } })),
            () => sessions.update(id, changes({ set: { owner: 'user-racer', device } })),
            () => sessions.destroy(id),
          ].toSorted(() => Math.random() - 0.5);
          await Promise.all(inFlight.map((request) => request()));
          const late = await sessions.update(id, changes({ set: { flash: 'late' } }));
          if (late || (await sessions.load(id))) revived += 1;
        }
        assert.equal(revived, 0);
        const here = await create({ owner: 'user-racer', device });
        const { devices } = (await sessions.load(here, { devices: true }))!;
        assert.equal(devices.length, 1, 'nor is any of them listed');
      },
    );

    await t.test('a session ends an idle lifetime after its last request', async () => {
      const id = await create();
      clock.advance(13 * day);
      assert.ok(await sessions.load(id));
      clock.advance(13 * day);
      assert.ok(await sessions.load(id), 'the first load slid the lifetime');
      clock.advance(14 * day);
      assert.equal(await sessions.load(id), null);
      assert.equal(await sessions.update(id, changes({ set: { a: 1 } })), false);
    });

    await t.test('a session ends at its absolute lifetime, however busy it is', async () => {
      const id = await create();
      for (let passed = 0; passed < 89; passed += 1) {
        clock.advance(day);
        assert.ok(await sessions.load(id));
      }
      clock.advance(day);
      assert.equal(await sessions.load(id), null);
    });

    await t.test('a clock that was set back an hour ends no session', async () => {
      const id = await create({ owner: 'user-of-the-past', device });
      clock.advance(-hour);
      assert.ok(await sessions.load(id));
      assert.equal(await sessions.update(id, changes({ set: { a: 1 } })), true);
      clock.advance(hour);
      assert.equal((await sessions.load(id, { devices: true }))!.devices.length, 1);
    });

    await t.test('a session brings its own cart along, and nobody else’s', async () => {
      const id = await create({ owner: 'user-cart' });
      const stranger = await create({ owner: 'user-other' });
      const nobody = await create();
      const change = { id: 'change-1', kind: 'add', slug: 'weekender', quantity: 2 } as const;
      await store.carts.change('user-cart', change);
      assert.deepEqual((await sessions.load(id))!.cart.lines, [{ slug: 'weekender', quantity: 2 }]);
      assert.deepEqual((await sessions.load(stranger))!.cart.lines, []);
      assert.deepEqual((await sessions.load(nobody))!.cart.lines, []);
    });

    await t.test(
      'loading costs one trip, or two where session and owner live on different servers',
      async () => {
        const id = await create({ owner: 'user-trips', device });
        const before = backend.told.trips;
        await sessions.load(id, { devices: true });
        assert.equal(backend.told.trips - before, name === 'redis-cluster' ? 2 : 1);
      },
    );

    await t.test(
      'a load writes only when the device was last seen, once in five minutes',
      async () => {
        const id = await create({ owner: 'user-looks', device });
        const change = {
          id: 'change-to-see',
          kind: 'add',
          slug: 'weekender',
          quantity: 2,
        } as const;
        await store.carts.change('user-looks', change);
        const afterLooking = async () => {
          await sessions.load(id, { devices: true });
          return backend.written();
        };

        const before = await backend.written();
        for (let view = 0; view < 5; view += 1) assert.equal(await afterLooking(), before);
        clock.advance(4 * minute);
        assert.equal(await afterLooking(), before);
        clock.advance(minute);
        const noted = await afterLooking();
        assert.notEqual(noted, before, 'when the device was last seen');
        assert.equal(await afterLooking(), noted);
        clock.advance(hour);
        assert.notEqual(await afterLooking(), noted, 'the idle lifetime slides as well');
        const { devices } = (await sessions.load(id, { devices: true }))!;
        assert.ok(clock() - devices[0]!.seen < minute);
      },
    );

    await t.test(
      'signed-in sessions are listed as devices, with when each was last seen',
      async () => {
        const owner = 'user-devices';
        const laptop = await create({ owner, device });
        clock.advance(hour);
        const phone = await create({ owner, device: { ...device, agent: 'Safari' } });
        await create({ owner: 'user-somebody-else', device });

        const { devices } = (await sessions.load(laptop, { devices: true }))!;
        assert.deepEqual(devices.map(({ agent }) => agent).toSorted(), ['Firefox', 'Safari']);
        assert.ok(devices.every(({ seen }) => clock() - seen < 5 * minute));
        assert.ok(
          devices.every(({ id }) => id !== laptop && id !== phone),
          'no session id in the list',
        );

        assert.deepEqual(
          (await sessions.load(laptop))!.devices,
          [],
          'only where they are asked for',
        );
        await sessions.destroy(phone);
        const { devices: left } = (await sessions.load(laptop, { devices: true }))!;
        assert.deepEqual(
          left.map(({ agent }) => agent),
          ['Firefox'],
        );
      },
    );

    await t.test('a device that ran out is no longer listed', async () => {
      const owner = 'user-forgotten-device';
      await create({ owner, device: { ...device, agent: 'Forgotten' } });
      clock.advance(10 * day);
      const here = await create({ owner, device });
      clock.advance(5 * day);
      const { devices } = (await sessions.load(here, { devices: true }))!;
      assert.deepEqual(
        devices.map(({ agent }) => agent),
        ['Firefox'],
      );
    });

    await t.test('a device is ended by its owner alone', async () => {
      const owner = 'user-ends';
      const here = await create({ owner, device });
      const there = await create({ owner, device: { ...device, agent: 'There' } });
      const { devices } = (await sessions.load(here, { devices: true }))!;
      const target = devices.find(({ agent }) => agent === 'There')!.id;

      assert.equal(await sessions.endDevice('user-thief', target), false);
      assert.ok(await sessions.load(there));
      assert.equal(await sessions.endDevice(owner, target), true);
      assert.equal(await sessions.load(there), null);
      assert.equal(await sessions.endDevice(owner, target), false);
    });

    await t.test('a session that lives is listed, however late it comes back', async () => {
      const owner = 'user-late';
      const late = await create({ owner, device: { ...device, agent: 'Late' } });
      // Its end moves with the second look, when it was last seen with the first.
      clock.advance(18 * minute);
      await sessions.load(late);
      clock.advance(3 * minute);
      await sessions.load(late);
      clock.advance(14 * day - minute);
      const other = await create({ owner, device: { ...device, agent: 'Other' } });

      const { devices } = (await sessions.load(other, { devices: true }))!;
      assert.deepEqual(devices.map(({ agent }) => agent).toSorted(), ['Late', 'Other']);
      assert.notEqual(await sessions.load(late), null);
      assert.equal(await sessions.endOtherDevices(owner, other), 1);
      assert.equal(await sessions.load(late), null);
    });

    await t.test('all other devices end together', async () => {
      const owner = 'user-ends-others';
      const here = await create({ owner, device });
      const others = [await create({ owner, device }), await create({ owner, device })];
      assert.equal(await sessions.endOtherDevices(owner, here), 2);
      for (const other of others) assert.equal(await sessions.load(other), null);
      assert.equal((await sessions.load(here, { devices: true }))!.devices.length, 1);
    });
  });
}
