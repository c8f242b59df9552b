import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import {
  cartLimits,
  type Cart,
  type CartChange,
  type CartStore,
} from '../../src/store/contract/carts.ts';
import type { Owner } from '../../src/store/contract/owner.ts';
import {
  applyChange,
  type StoredLines,
  type UndoRecord,
} from '../../src/store/sqlite/carts/cart-rules.ts';
import { day, hour, minute } from '../support/clock.ts';
import { createRandom } from '../support/random.ts';
import { backends, openBackend } from './backends.ts';

/** A change without its id, which `change` adds. */
type Wish = CartChange extends infer C ? (C extends unknown ? Omit<C, 'id'> : never) : never;

const newOwner = (): Owner => `user-${randomUUID()}`;
const linesOf = ({ lines }: Cart) => lines.map(({ slug, quantity }) => [slug, quantity]);
const codesOf = ({ notices }: Cart) => notices.map(({ code }) => code);

for (const name of backends) {
  test(`carts in ${name}`, async (t) => {
    await using backend = await openBackend(name);
    const { clock } = backend;
    const { carts } = backend.store;
    const change = (owner: Owner, wish: Wish, id: string = randomUUID()) =>
      carts.change(owner, { id, ...wish });
    const add = (owner: Owner, slug: string, quantity = 1) =>
      change(owner, { kind: 'add', slug, quantity });
    const set = (owner: Owner, slug: string, quantity: number) =>
      change(owner, { kind: 'set', slug, quantity });
    const undo = (owner: Owner, version?: number) => change(owner, { kind: 'undo', version });

    await t.test('a cart that was never changed is empty, at version 0', async () => {
      assert.deepEqual(await carts.read(newOwner()), {
        version: 0,
        lines: [],
        notices: [],
        undo: null,
      });
    });

    await t.test('lines stay in the order in which they were added', async () => {
      const owner = newOwner();
      for (const slug of ['c', 'a', 'b']) await add(owner, slug);
      await set(owner, 'c', 5);
      const cart = await add(owner, 'a');
      assert.deepEqual(linesOf(cart), [
        ['c', 5],
        ['a', 2],
        ['b', 1],
      ]);
      assert.equal(cart.version, 5);
      assert.deepEqual(await carts.read(owner), cart);
    });

    await t.test('a quantity of zero removes the line, and clear all of them', async () => {
      const owner = newOwner();
      await add(owner, 'a');
      await add(owner, 'b');
      assert.deepEqual(linesOf(await set(owner, 'a', 0)), [['b', 1]]);
      assert.deepEqual(linesOf(await change(owner, { kind: 'clear' })), []);
    });

    await t.test('beyond 99 of one thing the cap is stored, and a notice says so', async () => {
      const owner = newOwner();
      await add(owner, 'a', 98);
      const capped = await add(owner, 'a', 98);
      assert.deepEqual([linesOf(capped), codesOf(capped)], [[['a', 99]], ['capped']]);
      assert.deepEqual(linesOf(await set(owner, 'b', 1_000_000)), [
        ['a', 99],
        ['b', 99],
      ]);
      assert.deepEqual(codesOf(await set(owner, 'b', 2)), [], 'a notice is of the last change');
    });

    await t.test('a cart holds a hundred lines, and a notice names what did not fit', async () => {
      const owner = newOwner();
      for (let line = 0; line < cartLimits.lines; line += 1) await add(owner, `line-${line}`);
      const full = await add(owner, 'one-more');
      assert.equal(full.lines.length, cartLimits.lines);
      assert.deepEqual(full.notices, [{ code: 'full', slug: 'one-more' }]);
      assert.deepEqual(codesOf(await add(owner, 'line-0')), [], 'what is there can grow');
    });

    await t.test('fifty copies of a change at once are one change', async () => {
      const owner = newOwner();
      const copies = Array.from({ length: 50 }, () =>
        change(owner, { kind: 'add', slug: 'a', quantity: 1 }, 'the-same-id'),
      );
      for (const cart of await Promise.all(copies)) assert.deepEqual(linesOf(cart), [['a', 1]]);
      assert.equal((await carts.read(owner)).version, 1);
    });

    await t.test('an id is remembered for a day, and answers the cart as it is now', async () => {
      const owner = newOwner();
      const again = () => change(owner, { kind: 'add', slug: 'a', quantity: 1 }, 'remembered-id');
      await again();
      await add(owner, 'b');
      clock.advance(day - minute);
      assert.deepEqual(linesOf(await again()), [
        ['a', 1],
        ['b', 1],
      ]);
      clock.advance(2 * minute);
      assert.deepEqual(linesOf(await again()), [
        ['a', 2],
        ['b', 1],
      ]);
    });

    await t.test('a clock that was set back an hour makes no repeat a second change', async () => {
      const owner = newOwner();
      const again = () =>
        change(owner, { kind: 'add', slug: 'a', quantity: 1 }, 'before-the-clock');
      await add(owner, 'b');
      await again();
      clock.advance(-hour);
      assert.deepEqual((await again()).version, 2);
      const later = await add(owner, 'c');
      assert.deepEqual(linesOf(await undo(owner, later.version)), [
        ['b', 1],
        ['a', 1],
      ]);
      clock.advance(hour);
      assert.equal((await carts.read(owner)).version, 4);
    });

    await t.test('an id of one owner is not one of another', async () => {
      const [mine, yours] = [newOwner(), newOwner()];
      const wish = { kind: 'add', slug: 'a', quantity: 1 } as const;
      await change(mine, wish, 'a-shared-id');
      assert.deepEqual(linesOf(await change(yours, wish, 'a-shared-id')), [['a', 1]]);
    });

    await t.test(
      'a hundred changes at once are all there, each with a version of its own',
      async () => {
        const owner = newOwner();
        const slugs = Array.from({ length: 100 }, (_, index) => `bag-${index % 5}`);
        const answers = await Promise.all(slugs.map((slug) => add(owner, slug)));
        const versions = answers.map(({ version }) => version).toSorted((a, b) => a - b);
        assert.deepEqual(
          versions,
          slugs.map((_, index) => index + 1),
        );
        const quantities = (await carts.read(owner)).lines.map(({ quantity }) => quantity);
        assert.deepEqual(quantities, [20, 20, 20, 20, 20]);
      },
    );

    await t.test(
      'undo takes back an add, a set, a removal and a clear, each to the last line',
      async () => {
        const owner = newOwner();
        await add(owner, 'a', 3);
        await add(owner, 'b', 2);
        const before = linesOf(await carts.read(owner));
        const wishes: Wish[] = [
          { kind: 'add', slug: 'a', quantity: 1 },
          { kind: 'add', slug: 'new', quantity: 1 },
          { kind: 'set', slug: 'b', quantity: 9 },
          { kind: 'set', slug: 'a', quantity: 0 },
          { kind: 'clear' },
        ];
        for (const wish of wishes) {
          const { undo: offer, version } = await change(owner, wish);
          assert.equal(offer?.version, version);
          const undone = await undo(owner, version);
          assert.deepEqual(linesOf(undone), before, `after ${wish.kind}`);
          assert.deepEqual([codesOf(undone), undone.undo], [['undone'], null]);
        }
      },
    );

    await t.test(
      'undo is for ten minutes, for once, and for the change that was seen',
      async () => {
        const owner = newOwner();
        await add(owner, 'a');
        assert.deepEqual(codesOf(await undo(owner, 99)), ['nothing-to-undo']);
        clock.advance(10 * minute + 1);
        assert.equal((await carts.read(owner)).undo, null);
        assert.deepEqual(codesOf(await undo(owner)), ['nothing-to-undo']);
        await add(owner, 'a');
        assert.deepEqual(linesOf(await undo(owner)), [['a', 1]]);
        assert.deepEqual(codesOf(await undo(owner)), ['nothing-to-undo']);
      },
    );

    await t.test('a change by another device in between makes an older undo harmless', async () => {
      const owner = newOwner();
      const seen = await add(owner, 'a');
      await add(owner, 'b');
      const refused = await undo(owner, seen.version);
      assert.deepEqual(
        [linesOf(refused), codesOf(refused)],
        [
          [
            ['a', 1],
            ['b', 1],
          ],
          ['nothing-to-undo'],
        ],
      );
    });

    await t.test(
      'a cart lives from its last change: a guest’s a month, a user’s a year',
      async () => {
        const guest: Owner = `guest-${randomUUID()}`;
        const user = newOwner();
        await add(guest, 'a');
        await add(user, 'a');
        clock.advance(29 * day);
        await add(guest, 'a');
        clock.advance(29 * day);
        assert.equal((await carts.read(guest)).lines.length, 1);
        clock.advance(day);
        assert.equal((await carts.read(guest)).lines.length, 0);
        clock.advance(305 * day);
        assert.equal((await carts.read(user)).lines.length, 1);
        clock.advance(2 * day);
        assert.deepEqual(
          linesOf(await add(user, 'b')),
          [['b', 1]],
          'what ran out does not come back',
        );
      },
    );

    await t.test('thousands of random changes do what the rules say', async () => {
      const seed = Date.now() % 100_000;
      t.diagnostic(`seed ${seed}`);
      await agreesWithRules(carts, newOwner(), clock, seed);
    });
  });
}

/** Both backends must behave as the rules of cart-rules.ts, which Redis has in Lua. */
async function agreesWithRules(carts: CartStore, owner: Owner, now: () => number, seed: number) {
  const random = createRandom(seed);
  const lines: StoredLines = new Map();
  let undo: UndoRecord | null = null;
  for (let version = 1; version <= 1500; version += 1) {
    const slug = `bag-${random(8)}`;
    const wish = random.choose<Wish>([
      { kind: 'add', slug, quantity: 1 + random(60) },
      { kind: 'add', slug, quantity: 1 + random(3) },
      { kind: 'set', slug, quantity: random(120) },
      { kind: 'set', slug, quantity: 0 },
      { kind: 'undo' },
      { kind: 'undo', version: version - 1 },
      ...(random(10) === 0 ? [{ kind: 'clear' } as const] : []),
    ]);
    const change = { id: randomUUID(), ...wish } as CartChange;
    const outcome = applyChange(lines, change, { version, now: now(), undo });
    undo = outcome.undo === undefined ? undo : outcome.undo;

    const cart = await carts.change(owner, change);
    const expected = [...lines].toSorted(([a, x], [b, y]) => x.added - y.added || (a < b ? -1 : 1));
    const context = `seed ${seed}, change ${version}: ${JSON.stringify(wish)}`;
    assert.deepEqual(
      linesOf(cart),
      expected.map(([each, { quantity }]) => [each, quantity]),
      context,
    );
    assert.deepEqual(cart.notices, outcome.notices, context);
    assert.equal(cart.version, version, context);
    assert.deepEqual(cart.undo?.version, undo?.version, context);
    assert.deepEqual(cart.undo?.kind, undo?.kind, context);
  }
}
