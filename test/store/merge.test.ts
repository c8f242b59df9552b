import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import type { Cart, CartStore } from '../../src/store/contract/carts.ts';
import type { Owner } from '../../src/store/contract/owner.ts';
import { StoreUnavailable } from '../../src/store/contract/errors.ts';
import { createRedisCartStore } from '../../src/store/redis/carts/cart-store.ts';
import { connectRedis, type RedisClient } from '../../src/store/redis/transport/client.ts';
import { Browser, newPerson } from '../support/browser.ts';
import { minute, second } from '../support/clock.ts';
import '../support/in-memory.ts';
import { createRandom, type Random } from '../support/random.ts';
import { openShop, stores, type Shop } from '../support/shop.ts';
import { backends, lifetimes, openBackend, quiet } from './backends.ts';

const newId = () => randomBytes(16).toString('base64url');
const newGuest = (): Owner => `guest-${newId()}`;
const newUser = (): Owner => `user-${newId()}`;

const quantities = ({ lines }: Cart) =>
  Object.fromEntries(lines.map(({ slug, quantity }) => [slug, quantity]));

function add(carts: CartStore, owner: Owner, slug: string, quantity = 1, id = newId()) {
  return carts.change(owner, { id, kind: 'add', slug, quantity });
}

/** A cart with these quantities. */
async function fill(carts: CartStore, owner: Owner, lines: Record<string, number>) {
  for (const [slug, quantity] of Object.entries(lines)) await add(carts, owner, slug, quantity);
  return owner;
}

function shuffled<T>(random: Random, list: T[]): T[] {
  const places = list.map((item) => ({ item, at: random(2 ** 30) }));
  return places.toSorted((a, b) => a.at - b.at).map(({ item }) => item);
}

for (const name of backends) {
  test(`merging carts in ${name}`, async (t) => {
    await using backend = await openBackend(name);
    const { clock } = backend;
    const { carts } = backend.store;
    const another = await backend.openAnother();

    await t.test(
      'each product keeps the larger quantity, and a notice names what came',
      async () => {
        const guest = await fill(carts, newGuest(), { a: 5, b: 1, c: 2 });
        const user = await fill(carts, newUser(), { a: 2, b: 7, d: 1 });
        const cart = await carts.merge(guest, user);
        assert.deepEqual(quantities(cart), { a: 5, b: 7, c: 2, d: 1 });
        assert.deepEqual(
          cart.notices.map((notice) => notice.code === 'merged' && notice.slugs.toSorted()),
          [['a', 'c']],
        );
        assert.deepEqual(await carts.read(user), cart);
        assert.deepEqual((await carts.read(guest)).lines, []);
      },
    );

    await t.test('a guest whose cart is empty changes nothing', async () => {
      const user = await fill(carts, newUser(), { a: 2 });
      const before = await carts.read(user);
      assert.deepEqual(await carts.merge(newGuest(), user), before);
    });

    await t.test('a guest who has nothing more than the user leaves no notice', async () => {
      const guest = await fill(carts, newGuest(), { a: 2 });
      const user = await fill(carts, newUser(), { a: 2, b: 1 });
      const cart = await carts.merge(guest, user);
      assert.deepEqual(quantities(cart), { a: 2, b: 1 });
      assert.deepEqual(cart.notices, []);
    });

    await t.test(
      'undo takes the merge back, the lines of the user exactly as they were',
      async () => {
        const guest = await fill(carts, newGuest(), { a: 5, c: 2 });
        const user = await fill(carts, newUser(), { a: 2, b: 7 });
        const before = await carts.read(user);
        const merged = await carts.merge(guest, user);
        assert.equal(merged.undo?.kind, 'merge');
        const undone = await carts.change(user, {
          id: newId(),
          kind: 'undo',
          version: merged.undo?.version,
        });
        assert.deepEqual(undone.lines, before.lines);
        assert.deepEqual(undone.notices, [{ code: 'undone' }]);
      },
    );

    await t.test('running it again doubles nothing and keeps what was changed since', async () => {
      const guest = await fill(carts, newGuest(), { a: 5, b: 3 });
      const user = await fill(carts, newUser(), { a: 2 });
      await carts.merge(guest, user);
      await carts.change(user, { id: newId(), kind: 'set', slug: 'a', quantity: 1 });
      await carts.change(user, { id: newId(), kind: 'set', slug: 'b', quantity: 0 });
      const again = await another.carts.merge(guest, user);
      assert.deepEqual(quantities(again), { a: 1 });
    });

    await t.test('a cart of a hundred lines takes no more, and says what did not fit', async () => {
      const full = Array.from({ length: 99 }, (_, index) => [`p${index}`, 1]);
      const user = await fill(carts, newUser(), Object.fromEntries(full) as Record<string, number>);
      const guest = await fill(carts, newGuest(), { p0: 99, x: 1, y: 1, z: 1 });
      const cart = await carts.merge(guest, user);
      assert.equal(cart.lines.length, 100);
      assert.equal(quantities(cart).p0, 99);
      assert.equal(cart.notices.filter(({ code }) => code === 'full').length, 2);
    });

    await t.test(
      'two full carts with nothing in common: the user keeps theirs, whole',
      async () => {
        const full = (prefix: string) =>
          Object.fromEntries(Array.from({ length: 100 }, (_, line) => [`${prefix}-${line}`, 1]));
        const guest = await fill(carts, newGuest(), full('guest'));
        const user = await fill(carts, newUser(), full('user'));
        const cart = await carts.merge(guest, user);
        assert.deepEqual(quantities(cart), full('user'));
        assert.equal(cart.notices.length, 100, 'each that did not fit is named');
        assert.deepEqual(await carts.read(user), cart);
      },
    );

    await t.test(
      'once the cart was changed, the undo that a merge offered does nothing',
      async () => {
        const guest = await fill(carts, newGuest(), { a: 5 });
        const user = await fill(carts, newUser(), { b: 1 });
        const { undo } = await carts.merge(guest, user);
        await add(another.carts, user, 'a', 1);
        const refused = await carts.change(user, {
          id: newId(),
          kind: 'undo',
          version: undo!.version,
        });
        assert.deepEqual(quantities(refused), { a: 6, b: 1 });
        assert.deepEqual(refused.notices, [{ code: 'nothing-to-undo' }]);
      },
    );

    await t.test('a race of twenty sign-ins with one guest merges exactly once', async () => {
      for (let round = 0; round < 20; round += 1) {
        const guest = await fill(carts, newGuest(), { a: 3, b: 5 });
        const user = await fill(carts, newUser(), { a: 2, c: 1 });
        const { version } = await carts.read(user);
        await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            (index % 2 ? backend.store : another).carts.merge(guest, user),
          ),
        );
        const cart = await carts.read(user);
        assert.deepEqual(quantities(cart), { a: 3, b: 5, c: 1 });
        assert.equal(cart.version, version + 1, 'one merge, one version');
        assert.deepEqual((await carts.read(guest)).lines, []);
        const undone = await carts.change(user, { id: newId(), kind: 'undo' });
        assert.deepEqual(quantities(undone), { a: 2, c: 1 });
      }
    });

    await t.test('a change that comes after the merge follows the cart', async () => {
      const guest = await fill(carts, newGuest(), { a: 3 });
      const user = await fill(carts, newUser(), {});
      await carts.merge(guest, user);
      const cart = await add(another.carts, guest, 'a', 2);
      assert.deepEqual(quantities(cart), { a: 5 });
      assert.deepEqual(quantities(await carts.read(user)), { a: 5 });
      assert.deepEqual((await carts.read(guest)).lines, []);
    });

    await t.test('of two users who sign in with one guest at once, one gets the cart', async () => {
      for (let round = 0; round < 20; round += 1) {
        const guest = await fill(carts, newGuest(), { a: 2, b: 1 });
        const users = [newUser(), newUser()];
        await Promise.all(users.map((user, at) => (at ? another.carts : carts).merge(guest, user)));
        const found = await Promise.all(
          users.map(async (user) => quantities(await carts.read(user))),
        );
        assert.deepEqual(
          found.toSorted((x, y) => Object.keys(x).length - Object.keys(y).length),
          [{}, { a: 2, b: 1 }],
          `round ${round}`,
        );
        assert.deepEqual(quantities(await carts.read(guest)), {});
      }
    });

    await t.test('a second user takes over neither the cart nor what comes late', async () => {
      const guest = await fill(carts, newGuest(), { a: 3 });
      const [first, second] = [newUser(), newUser()];
      await carts.merge(guest, first);
      await another.carts.merge(guest, second);
      await add(carts, guest, 'b', 1);
      assert.deepEqual(quantities(await carts.read(first)), { a: 3, b: 1 });
      assert.deepEqual(quantities(await carts.read(second)), {});
    });

    await t.test('a minute later nothing follows it any more', async () => {
      const guest = await fill(carts, newGuest(), { a: 3 });
      const user = newUser();
      await carts.merge(guest, user);
      clock.advance(minute + second);
      await add(carts, guest, 'b', 1);
      assert.deepEqual(quantities(await carts.read(user)), { a: 3 });
      assert.deepEqual(quantities(await carts.read(guest)), { b: 1 });
    });

    await t.test('a change that was applied before the merge is not applied after it', async () => {
      const [guest, user] = [newGuest(), newUser()];
      const [first, second] = [newId(), newId()];
      await add(carts, guest, 'a', 2, first);
      await add(carts, guest, 'a', 1, second);
      await carts.merge(guest, user);
      // The browser repeats both: one with the cookie of before the sign-in, one with the new one.
      await add(carts, guest, 'a', 2, first);
      await add(carts, user, 'a', 1, second);
      assert.deepEqual(quantities(await carts.read(user)), { a: 3 });
    });

    await t.test(
      'a thousand races of adds with merges lose nothing and double nothing',
      async () => {
        const seed = randomInt(2 ** 31);
        const random = createRandom(seed);
        for (let round = 0; round < 1000; round += 1) {
          const [guest, user] = [newGuest(), newUser()];
          const had = random(3);
          if (had) await add(carts, user, 'a', had);
          const added = { a: 0, b: 0 };
          const any = () => random.choose([backend.store, another]).carts;
          const adds = Array.from({ length: 1 + random(6) }, () => async () => {
            const slug = random.choose(['a', 'b'] as const);
            await add(any(), guest, slug);
            added[slug] += 1;
          });
          const merges = Array.from({ length: 1 + random(2) }, () => async () => {
            await untilAnswered(() => any().merge(guest, user));
          });
          await Promise.all(shuffled(random, [...adds, ...merges]).map((run) => run()));
          await carts.merge(guest, user);

          const { a = 0, b = 0 } = quantities(await carts.read(user));
          const story = JSON.stringify({ seed, round, had, added, a, b });
          assert.equal(b, added.b, `the user had none, so the sum is exact: ${story}`);
          assert.ok(a >= Math.max(had, added.a), `none is lost: ${story}`);
          assert.ok(a <= had + added.a, `none is doubled: ${story}`);
          assert.deepEqual((await carts.read(guest)).lines, [], story);
        }
      },
    );
  });
}

/** As the contract says: what got no answer is sent again as it was. Busy machines take longer than half a second. */
async function untilAnswered<T>(command: () => Promise<T>, times = 100): Promise<T> {
  try {
    return await command();
  } catch (error) {
    if (!(error instanceof StoreUnavailable) || times === 1) throw error;
    return untilAnswered(command, times - 1);
  }
}

/** Fails at the n-th command, before it ran or after. */
function cutOff(client: RedisClient, at: number, when: 'before' | 'after') {
  const cut = { happened: false };
  let count = 0;
  const wrapped: RedisClient = {
    ...client,
    async run(script, keys, args) {
      count += 1;
      if (count !== at) return client.run(script, keys, args);
      cut.happened = true;
      if (when === 'after') await client.run(script, keys, args);
      throw new StoreUnavailable(new Error(`cut off ${when} ${script}`));
    },
  };
  return { wrapped, cut };
}

test('a merge cut off at any command on Redis', async (t) => {
  await using backend = await openBackend('redis');
  const { carts } = backend.store;
  const client = await connectRedis(backend.redis!.url, quiet);
  t.after(() => client.close());
  const options = { sessionPrefix: 'session:', lifetimes, clock: backend.clock, events: quiet };

  for (const when of ['before', 'after'] as const) {
    for (const meanwhile of ['nothing', 'an add by the guest', 'a removal by the user'] as const) {
      await t.test(`${when} it ran, with ${meanwhile} until the second try`, async () => {
        let cuts = 0;
        for (let at = 1; ; at += 1) {
          const guest = await fill(carts, newGuest(), { a: 5, b: 3 });
          const user = await fill(carts, newUser(), { a: 2, c: 1 });
          const { wrapped, cut } = cutOff(client, at, when);
          const merging = createRedisCartStore(wrapped, options).merge(guest, user);
          if (!(await isCut(merging))) {
            assert.equal(cut.happened, false);
            break;
          }
          cuts += 1;

          const merged = quantities(await carts.read(user)).b === 3;
          if (meanwhile === 'an add by the guest') await add(carts, guest, 'b', 1);
          if (meanwhile === 'a removal by the user') {
            await carts.change(user, { id: newId(), kind: 'set', slug: 'b', quantity: 0 });
          }
          await carts.merge(guest, user);

          const cart = quantities(await carts.read(user));
          const expected = {
            nothing: 3,
            'an add by the guest': 4,
            // What was removed after it had come stays away.
            'a removal by the user': merged ? undefined : 3,
          }[meanwhile];
          assert.deepEqual(cart, { a: 5, c: 1, ...(expected && { b: expected }) }, `at ${at}`);
          assert.deepEqual((await carts.read(guest)).lines, []);
          assert.equal(await backend.raw!.exists(`cart:{${guest}}`), 0);
        }
        assert.ok(cuts >= 3, `read, change, retire: ${cuts} cuts`);
      });
    }
  }
});

async function isCut(merging: Promise<unknown>): Promise<boolean> {
  try {
    await merging;
    return false;
  } catch (error) {
    assert.ok(error instanceof StoreUnavailable);
    return true;
  }
}

/** Makes the n-th call of the store during `work` fail, before or after it took effect. */
async function failingAt(
  t: TestContext,
  { store }: Shop['app'],
  { at, when }: { at: number; when: 'before' | 'after' },
  work: () => Promise<unknown>,
): Promise<string | undefined> {
  let count = 0;
  let failed: string | undefined;
  const mocks = [store.sessions, store.carts].flatMap((half) => {
    const methods = half as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    return Object.entries(methods).map(([name, method]) =>
      t.mock.method(methods, name, async (...args: unknown[]) => {
        count += 1;
        if (count !== at) return method(...args);
        failed = name;
        if (when === 'after') await method(...args);
        throw new StoreUnavailable(new Error(`cut off ${when} ${name}`));
      }),
    );
  });
  await work();
  for (const { mock } of mocks) mock.restore();
  return failed;
}

for (const store of stores) {
  test(`a sign-in that is interrupted at any call of the store on ${store}`, async (t) => {
    await using shop = await openShop(store);
    const ada = newPerson();
    await new Browser(shop).signUp(ada);

    for (const when of ['before', 'after'] as const) {
      await t.test(
        `${when} it took effect: the second try loses and doubles nothing`,
        async (t) => {
          const failures: string[] = [];
          for (let at = 1; ; at += 1) {
            const laptop = new Browser(shop);
            await laptop.signIn(ada);
            const { csrf } = await clearCart(laptop);
            await laptop.post('/cart/lines', { ...csrf, ...line('weekender', 2) });

            const phone = new Browser(shop);
            await phone.post('/cart/lines', line('weekender', 1));
            await phone.post('/cart/lines', line('field-satchel', 3));

            let status = 0;
            const failed = await failingAt(t, shop.app, { at, when }, async () => {
              status = (await phone.post('/login', { email: ada.email, password: ada.password }))
                .status;
            });
            const story = `${failed ?? 'nothing'} failed, answered ${status}`;
            assert.equal(status, failed ? 503 : 303, story);

            if (failed && !(await phone.isSignedIn())) {
              assert.equal((await phone.signIn(ada)).status, 303, story);
            }
            const expected = { weekender: 2, 'field-satchel': 3 };
            assert.deepEqual(await phone.lines(), expected, story);
            assert.deepEqual(await laptop.lines(), expected, story);
            if (!failed) break;
            failures.push(failed);
          }
          for (const method of ['load', 'merge', 'rotate', 'update']) {
            assert.ok(failures.includes(method), method);
          }
        },
      );
    }
  });
}

const line = (product: string, quantity: number) => ({
  product,
  quantity: String(quantity),
  change: newId(),
});

async function clearCart(browser: Browser) {
  const page = await browser.get('/shop/weekender');
  const token = page.document.querySelector('input[name="_csrf"]')?.getAttribute('value') ?? '';
  const csrf = { _csrf: token };
  assert.equal((await browser.post('/cart/clear', { ...csrf, change: newId() })).status, 303);
  return { csrf };
}
