import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { suite, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { StoreUnavailable } from '../../src/store/contract/errors.ts';
import type { OwnerEvent } from '../../src/store/contract/events.ts';
import type { Owner } from '../../src/store/contract/owner.ts';
import type { Store } from '../../src/store/contract/store.ts';
import '../support/in-memory.ts';
import { startRedis } from '../support/redis-server.ts';
import { openSeveredLine, type SeveredLine } from '../support/severed-line.ts';
import { openOn } from './backends.ts';

const owner: Owner = 'user-behind-a-router';
const add = ({ carts }: Store, id: string = randomUUID()) =>
  carts.change(owner, { id, kind: 'add', slug: 'a', quantity: 1 });

interface Behind extends AsyncDisposable {
  store: Store;
  line: SeveredLine;
  /** A second process, with a way of its own. */
  other: Store;
}

async function openBehindRouter(): Promise<Behind> {
  await using stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis());
  const line = stack.use(await openSeveredLine(redis.port));
  const store = await openOn(`redis://127.0.0.1:${line.port}`);
  stack.defer(() => store.close());
  const other = await openOn(redis.url);
  stack.defer(() => other.close());
  const all = stack.move();
  return { store, line, other, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

/** Sends the same change until it is acknowledged. */
async function addUntilDone(store: Store): Promise<void> {
  const id = randomUUID();
  for (;;) {
    try {
      await add(store, id);
      return;
    } catch (error) {
      assert.ok(error instanceof StoreUnavailable, String(error));
      await nextTurn();
    }
  }
}

suite('a router that forgets old connections and lets new ones through', () => {
  test('costs a moment of changes, and nothing that was acknowledged', async () => {
    await using behind = await openBehindRouter();
    const { store, line } = behind;
    await addUntilDone(store);

    for (const flow of line.flows) flow.swallow();
    await addUntilDone(store);
    await addUntilDone(store);

    assert.deepEqual((await store.carts.read(owner)).lines, [{ slug: 'a', quantity: 3 }]);
  });

  test('is noticed on the connection for events, and the listeners are told', async () => {
    await using behind = await openBehindRouter();
    const { store, line, other } = behind;
    const seen: OwnerEvent[] = [];
    let hear = () => {};
    const stop = await store.events.watch(owner, (event) => {
      seen.push(event);
      hear();
    });
    async function heard(kind: OwnerEvent['kind']) {
      while (!seen.some((event) => event.kind === kind)) {
        await new Promise<void>((resolve) => (hear = resolve));
      }
    }

    for (const flow of line.flows) if (flow.subscribes) flow.swallow();
    await add(other);
    await heard('missed');
    assert.ok(!seen.some(({ kind }) => kind === 'cart'), 'the event itself was swallowed');
    assert.equal(store.measure().listeningLosses, 1);
    assert.equal(store.measure().isListening, true);

    await add(other);
    await heard('cart');
    stop();
  });

  test('makes the process not ready until it listens again', async () => {
    await using behind = await openBehindRouter();
    const { store, line } = behind;
    await store.checkReadiness();
    // New connections lead nowhere, so it stays without events.
    const { target } = line;
    line.target = 1;
    for (const flow of line.flows) if (flow.subscribes) flow.swallow();

    while (store.measure().isListening) await nextTurn();
    for (;;) {
      const refused = await store.checkReadiness().then(
        () => null,
        (error: StoreUnavailable) => error.cause as Error,
      );
      if (refused) {
        assert.match(refused.message, /The connection for events/);
        break;
      }
      await nextTurn();
    }

    line.target = target;
    while (!store.measure().isListening) await nextTurn();
  });
});
