import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { test } from 'node:test';
import { POINTER_LIFETIME } from '../../src/store/backend.ts';
import { SessionGone } from '../../src/store/contract/errors.ts';
import type { OwnerEvent } from '../../src/store/contract/events.ts';
import type { Owner } from '../../src/store/contract/owner.ts';
import type { SessionChanges, SessionFields } from '../../src/store/contract/sessions.ts';
import { hashSessionId } from '../../src/store/sealing/sealed-sessions.ts';
import { day, second } from '../support/clock.ts';
import { FIRST_SECRET, SECOND_SECRET, backends, openBackend } from './backends.ts';
import { keyOf, openTamper } from './tamper.ts';

const newId = () => randomBytes(32).toString('base64url');
const newOwner = (): Owner => `user-${randomBytes(9).toString('base64url')}`;
const device = { agent: 'Firefox', network: '192.0.2.*', since: 1 };

function changes(part: Partial<SessionChanges>): SessionChanges {
  return { set: {}, remove: [], variables: { set: {}, remove: [] }, ...part };
}

function addition() {
  return { id: newId(), kind: 'add', slug: 'weekender', quantity: 1 } as const;
}

for (const name of backends) {
  test(`a rotation of a session id in ${name}`, async (t) => {
    await using backend = await openBackend(name);
    await using tamper = openTamper(backend);
    const { clock, store } = backend;
    const { carts, sessions } = store;

    async function create(fields: SessionFields = {}): Promise<string> {
      const id = newId();
      await sessions.create(id, fields);
      return id;
    }

    async function rotate(from: string, drop: string[] = []): Promise<string> {
      const to = newId();
      assert.notEqual(await sessions.rotate(from, to, drop), null);
      return to;
    }

    async function devicesOf(id: string): Promise<string[]> {
      return (await sessions.load(id, { devices: true }))!.devices.map((listed) => listed.id);
    }

    await t.test('keeps everything but what it is told to drop', async () => {
      const owner = newOwner();
      const from = await create({
        owner,
        device,
        passport: 'x',
        ofNextRelease: { list: [1, null], text: '€ 🎒' },
        csrf: 'bound to the old id',
        issued: 1,
        variables: { colour: 'green', csrf: 'a variable and not the property' },
      });
      await carts.change(owner, addition());
      const { fields: before } = (await sessions.load(from))!;
      clock.advance(day);

      const to = await rotate(from, ['csrf', 'issued', 'never there']);
      const { fields, cart, stale } = (await sessions.load(to))!;
      const { csrf: _csrf, issued: _issued, ...kept } = before;
      assert.deepEqual(fields, kept);
      assert.equal(fields.created, before.created, 'the absolute lifetime does not begin again');
      assert.deepEqual({ ...fields.variables }, { ...before.variables });
      assert.deepEqual(cart.lines, [{ slug: 'weekender', quantity: 1 }]);
      assert.equal(stale, false);
    });

    await t.test('leaves nothing to load under the old id, and no sealed field', async () => {
      const from = await create({ owner: newOwner(), device, passport: 'x' });
      const to = await rotate(from);
      assert.equal(await sessions.load(from), null);
      assert.deepEqual(backend.told.damaged, []);
      const left = await tamper.fields(keyOf(from));
      assert.deepEqual(left.map(([field]) => field).sort(), [':pointer', ':successor']);
      assert.equal(String(new Map(left).get(':successor')), keyOf(to));
      assert.equal((await sessions.countStale()).stale, 0, 'a pointer is no session');
    });

    await t.test('lists the device under the new id and not under the old one', async () => {
      const owner = newOwner();
      const other = await create({ owner, device });
      const from = await create({ owner, device: { ...device, agent: 'Safari' } });
      const to = await rotate(from);

      assert.deepEqual((await devicesOf(to)).sort(), [other, to].map(hashSessionId).sort());
      const { devices } = (await sessions.load(to, { devices: true }))!;
      const { seen, ...traits } = devices.find(({ agent }) => agent === 'Safari')!;
      assert.deepEqual(traits, { ...device, agent: 'Safari', id: hashSessionId(to) });
      assert.ok(clock() - seen < 5 * second);
    });

    await t.test('works for a session that has no owner or no device', async () => {
      const nobody = await create({ passport: 'x' });
      const guest = await create({ owner: 'guest-without-device' });
      assert.equal((await sessions.load(await rotate(nobody)))!.fields.passport, 'x');
      assert.equal(
        (await sessions.load(await rotate(guest)))!.fields.owner,
        'guest-without-device',
      );
    });

    await t.test('lets a change that was sent under the old id reach the new record', async () => {
      const from = await create({ a: 1, b: 2, variables: { x: '1', y: '2' } });
      const to = await rotate(from);
      const late = changes({
        set: { a: 'new' },
        remove: ['b'],
        variables: { set: { z: '3' }, remove: ['x'] },
      });
      assert.equal(await sessions.update(from, late), true);
      const { created: _, variables, ...fields } = (await sessions.load(to))!.fields;
      assert.deepEqual(fields, { a: 'new' });
      assert.deepEqual({ ...variables }, { y: '2', z: '3' });
      assert.equal(await sessions.load(from), null);
    });

    await t.test('lets a sign-out under the old id end the session', async () => {
      const owner = newOwner();
      const here = await create({ owner, device });
      const from = await create({ owner, device });
      const to = await rotate(from);
      await sessions.destroy(from);
      assert.equal(await sessions.load(to), null);
      assert.equal(await sessions.update(from, changes({ set: { a: 1 } })), false);
      assert.equal(await sessions.update(to, changes({ set: { a: 1 } })), false);
      assert.deepEqual(await devicesOf(here), [hashSessionId(here)]);
      assert.equal(await tamper.exists(keyOf(from)), false);
    });

    await t.test('keeps the old id listed for as long as the pointer lives', async () => {
      const owner = newOwner();
      const from = await create({ owner, device });
      const to = await rotate(from);
      assert.equal(await sessions.has(owner, from), true);
      assert.equal(await sessions.has(owner, to), true);
      assert.equal(await sessions.has(newOwner(), from), false);
      assert.equal(await sessions.has(newOwner(), to), false);
    });

    await t.test('ends the new session when the old one is signed out as a device', async () => {
      const owner = newOwner();
      const from = await create({ owner, device });
      const to = await rotate(from);
      assert.equal(await sessions.endDevice(newOwner(), hashSessionId(from)), false);
      assert.notEqual(await sessions.load(to), null);
      assert.equal(await sessions.endDevice(owner, hashSessionId(from)), true);
      assert.equal(await sessions.load(to), null);
      assert.equal(await sessions.has(owner, from), false);
    });

    await t.test('can be repeated three times while the first pointer lives', async () => {
      const owner = newOwner();
      const first = await create({ owner, device, count: 0 });
      const last = await rotate(await rotate(await rotate(first)));
      assert.equal(await sessions.update(first, changes({ set: { count: 1 } })), true);
      assert.equal((await sessions.load(last))!.fields.count, 1);
      assert.equal(await sessions.has(owner, first), true);
      assert.deepEqual(await devicesOf(last), [hashSessionId(last)]);
      await sessions.destroy(first);
      assert.equal(await sessions.load(last), null);
    });

    await t.test('lets a change of the cart through under the old id', async () => {
      const owner = newOwner();
      const from = await create({ owner, device });
      const to = await rotate(from);
      const { lines } = await carts.change(owner, addition(), hashSessionId(from));
      assert.deepEqual(lines, [{ slug: 'weekender', quantity: 1 }]);
      await sessions.destroy(to);
      await assert.rejects(carts.change(owner, addition(), hashSessionId(from)), SessionGone);
    });

    await t.test('tells everybody who watches the owner that the old id has ended', async () => {
      const owner = newOwner();
      const from = await create({ owner, device });
      const events: OwnerEvent[] = [];
      const stop = await store.events.watch(owner, (event) => events.push(event));
      const to = await rotate(from);
      await carts.change(owner, addition());
      // On a cluster the two events may come in any order.
      const kinds = () => events.map(({ kind }) => kind);
      while (!kinds().includes('ended') || !kinds().includes('cart')) await nextTurn();
      stop();
      const ended = events.filter((event) => event.kind === 'ended');
      assert.deepEqual(
        ended.map(({ session }) => session),
        [hashSessionId(from)],
      );
      assert.notEqual(await sessions.load(to), null);
    });

    await t.test('leaves no session behind when all others are ended meanwhile', async () => {
      const owner = newOwner();
      const here = await create({ owner, device });
      const another = await backend.openAnother();
      for (let round = 0; round < 50; round += 1) {
        const from = await create({ owner, device });
        const to = newId();
        const tasks = [
          () => another.sessions.rotate(from, to, []),
          () => sessions.endOtherDevices(owner, here),
        ];
        if (round % 2 === 1) tasks.reverse();
        await Promise.all(tasks.map((task) => task()));
        assert.equal(await sessions.load(from), null);
        assert.equal(await sessions.load(to), null, `round ${round}`);
        assert.deepEqual(await devicesOf(here), [hashSessionId(here)]);
      }
    });

    await t.test(
      'leaves no session behind when it is ended under the old id meanwhile',
      async () => {
        const owner = newOwner();
        const here = await create({ owner, device });
        const another = await backend.openAnother();
        for (let round = 0; round < 50; round += 1) {
          const from = await create({ owner, device });
          const to = newId();
          const tasks = [
            () => another.sessions.rotate(from, to, []),
            () =>
              round % 4 < 2
                ? sessions.destroy(from)
                : sessions.endDevice(owner, hashSessionId(from)),
          ];
          if (round % 2 === 1) tasks.reverse();
          await Promise.all(tasks.map((task) => task()));
          assert.equal(await sessions.load(to), null, `round ${round}`);
          assert.deepEqual(await devicesOf(here), [hashSessionId(here)]);
        }
      },
    );

    await t.test('succeeds once when several are tried at once', async () => {
      const owner = newOwner();
      const another = await backend.openAnother();
      for (let round = 0; round < 20; round += 1) {
        const from = await create({ owner, device, passport: 'x' });
        const targets = [newId(), newId(), newId()];
        const outcomes = await Promise.all(
          targets.map((to, at) => (at % 2 ? another.sessions : sessions).rotate(from, to, [])),
        );
        assert.equal(outcomes.filter(Boolean).length, 1);
        const winner = targets[outcomes.findIndex(Boolean)]!;
        for (const to of targets) {
          assert.equal(Boolean(await sessions.load(to)), to === winner);
        }
        assert.deepEqual(await devicesOf(winner), [hashSessionId(winner)]);
        await sessions.destroy(winner);
      }
    });

    await t.test('does not let a device end itself by signing out the others', async () => {
      const owner = newOwner();
      const mine = await create({ owner, device, passport: 'x' });
      const other = await create({ owner, device, passport: 'x' });
      const mineNow = await rotate(mine);

      assert.equal(await sessions.endOtherDevices(owner, mine), 1);
      assert.equal(await sessions.load(other), null);
      assert.notEqual(await sessions.load(mineNow), null);
    });

    await t.test('loses no acknowledged change in a race', async () => {
      const another = await backend.openAnother();
      const expected: Record<string, unknown> = {};
      const expectedVariables: Record<string, string> = {};
      let current = await create({ removed: 'at the end' });
      for (let round = 0; round < 30; round += 1) {
        const next = newId();
        const rotation = Promise.withResolvers<unknown>();
        const updates = Array.from({ length: 12 }, async (_, at) => {
          // The rotation begins after some of the changes and before the others.
          if (at === round % 12)
            sessions.rotate(current, next, ['last']).then(rotation.resolve, rotation.reject);
          const [property, variable] = [`property${round}of${at}`, `variable${round}of${at}`];
          const update = changes({
            set: { [property]: round, last: 'x' },
            remove: round === 29 ? ['removed'] : [],
            variables: { set: { [variable]: 'set' }, remove: [] },
          });
          const { sessions: some } = at % 2 ? another : store;
          assert.equal(await some.update(current, update), true);
          expected[property] = round;
          expectedVariables[variable] = 'set';
        });
        assert.ok((await Promise.all([rotation.promise, ...updates]))[0]);
        current = next;
      }

      const {
        created: _created,
        last: _last,
        variables,
        ...fields
      } = (await sessions.load(current))!.fields;
      assert.deepEqual(fields, expected);
      assert.deepEqual({ ...variables }, expectedVariables);
    });

    await t.test('is forgotten after 30 seconds', async () => {
      assert.equal(POINTER_LIFETIME, 30 * second);
      const owner = newOwner();
      const from = await create({ owner, device });
      const to = await rotate(from);
      clock.advance(POINTER_LIFETIME - 5 * second);
      assert.equal(await sessions.update(from, changes({ set: { a: 1 } })), true);
      assert.equal(await sessions.has(owner, from), true);

      clock.advance(5 * second);
      assert.equal(await sessions.update(from, changes({ set: { a: 2 } })), false);
      assert.equal(await sessions.has(owner, from), false);
      assert.equal(await sessions.endDevice(owner, hashSessionId(from)), false);
      await assert.rejects(carts.change(owner, addition(), hashSessionId(from)), SessionGone);
      assert.equal(await sessions.load(from), null);
      assert.equal(await sessions.has(owner, to), true);
      assert.equal((await sessions.load(to))!.fields.a, 1);
    });

    await t.test('moves a session that is sealed under an old secret', async () => {
      const owner = newOwner();
      const from = await create({ owner, device, passport: 'x', variables: { a: 'b' } });
      const both = await backend.openAnother([SECOND_SECRET, FIRST_SECRET]);
      const to = newId();
      assert.notEqual(await both.sessions.rotate(from, to, []), null);

      const { sessions: onlyNew } = await backend.openAnother([SECOND_SECRET]);
      const { fields, devices, stale } = (await onlyNew.load(to, { devices: true }))!;
      assert.equal(fields.passport, 'x');
      assert.deepEqual({ ...fields.variables }, { a: 'b' });
      assert.equal(devices.length, 1);
      assert.equal(stale, false);
      assert.equal(await onlyNew.update(from, changes({ set: { passport: 'y' } })), true);
      assert.equal((await onlyNew.load(to))!.fields.passport, 'y');
    });

    await t.test('leaves a pointer that opens after the secret was rotated', async () => {
      const from = await create();
      const to = await rotate(from);
      const both = await backend.openAnother([SECOND_SECRET, FIRST_SECRET]);
      assert.equal(await both.sessions.update(from, changes({ set: { a: 1 } })), true);
      assert.equal((await both.sessions.load(to))!.fields.a, 1);
    });

    await t.test('of a session that is missing fails and writes nothing', async () => {
      const owner = newOwner();
      const destroyed = await create({ owner, device });
      await sessions.destroy(destroyed);
      const moved = await create({ owner, device });
      await rotate(moved);
      const expired = await create({ owner: newOwner(), device });
      clock.advance(14 * day);

      const written = await backend.written();
      for (const from of [newId(), destroyed, moved, expired]) {
        const to = newId();
        assert.equal(await sessions.rotate(from, to, []), null);
        assert.equal(await sessions.load(to), null);
        assert.equal(await tamper.exists(keyOf(to)), false);
        assert.equal(await sessions.has(owner, to), false);
      }
      assert.equal(await backend.written(), written);
    });

    await t.test('does no endless work when pointers were changed to form a circle', async () => {
      const owner = newOwner();
      const from = await create({ owner, device });
      const to = await rotate(from);
      const last = await rotate(to);
      await tamper.setFields(keyOf(to), [[':successor', Buffer.from(keyOf(from))]]);
      assert.equal(await sessions.has(owner, from), false);
      assert.equal(await sessions.endDevice(owner, hashSessionId(from)), false);
      await assert.rejects(carts.change(owner, addition(), hashSessionId(from)), SessionGone);
      await sessions.destroy(from);
      assert.notEqual(await sessions.load(last), null, 'the session itself is unharmed');
    });

    await t.test('leaves a pointer that only the old id opens', async () => {
      const [mine, theirs] = [await create(), await create({ a: 1 })];
      const mineNow = await rotate(mine);
      const theirsNow = await rotate(theirs);
      const left = await tamper.fields(keyOf(theirs));
      await tamper.setFields(keyOf(mine), [left.find(([field]) => field === ':pointer')!]);
      assert.equal(await sessions.update(mine, changes({ set: { a: 2 } })), false);
      assert.equal((await sessions.load(mineNow))!.fields.a, undefined);
      assert.equal((await sessions.load(theirsNow))!.fields.a, 1);
      const bytes = await backend.bytesAtRest();
      for (const id of [mine, mineNow, theirs, theirsNow]) assert.ok(!bytes.includes(id));
    });
  });
}
