import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { PricedCart } from '../../src/shop/priced-cart.ts';
import { Browser, newPerson, type Person } from '../support/browser.ts';
import { contradiction, type Model, type Operation } from '../support/linearizability.ts';
import '../support/in-memory.ts';
import { createRandom } from '../support/random.ts';
import { openShop, stores, type Shop } from '../support/shop.ts';
import { openStream, type Stream } from '../support/stream.ts';

const DEVICES = 10;
const CHANGES = 10_000;
const slugs = ['field-satchel', 'weekender', 'harbour-daypack', 'corner-sling', 'long-day-tote'];

type Wish =
  | { kind: 'add' | 'set'; slug: string; quantity: number }
  | { kind: 'read'; slug?: undefined; quantity?: undefined };

/** What matters of an answer: the lines in their order, and whether a quantity was cut. */
interface Seen {
  lines: [slug: string, quantity: number][];
  capped: string[];
}

interface Kept {
  /** As they were first added: a Map remembers. */
  lines: ReadonlyMap<string, number>;
  capped: string[];
}

/** The cart's rules once more, as simple as they can be put. Notices stay until the next change. */
const cartModel: Model<Kept, Wish, Seen> = (state, { kind, slug, quantity }) => {
  const lines = new Map(state.lines);
  let { capped } = state;
  if (kind !== 'read') {
    const wanted = kind === 'add' ? (lines.get(slug) ?? 0) + quantity : quantity;
    capped = wanted > 99 ? [slug] : [];
    if (wanted === 0) lines.delete(slug);
    else lines.set(slug, Math.min(wanted, 99));
  }
  return { state: { lines, capped }, output: { lines: [...lines], capped } };
};

const newChange = () => randomBytes(12).toString('base64url');

/** One of the user's devices, on a connection of its own. */
class Device {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #headers: Record<string, string>;
  readonly #port: number;
  readonly stream: Stream;

  private constructor(port: number, headers: Record<string, string>, stream: Stream) {
    this.#port = port;
    this.#headers = headers;
    this.stream = stream;
  }

  static async open(shop: Shop, person: Person): Promise<Device> {
    const browser = new Browser(shop);
    assert.equal((await browser.signIn(person)).status, 303);
    const page = await browser.get('/shop/weekender');
    const token = page.document.querySelector('input[name="_csrf"]')?.getAttribute('value') ?? '';
    const { port } = shop.app.server.address() as AddressInfo;
    const headers = {
      accept: 'application/json',
      'content-type': 'application/json',
      'sec-fetch-site': 'same-origin',
      'csrf-token': token,
      cookie: browser.cookieHeader,
    };
    return new Device(port, headers, await openStream(`http://127.0.0.1:${port}`, browser));
  }

  /**
   * Asks until there is an answer. On a busy machine Redis may take longer than the half second that it
   * gets: the same change goes out again, and the answer tells the cart as it is by then.
   */
  async ask(wish: Wish): Promise<Operation<Wish, Seen>[]> {
    const writes = wish.kind !== 'read';
    const change = newChange();
    const first = performance.now();
    let sent = first;
    let cart = await this.#send(wish, change);
    const repeated = cart === null;
    for (let times = 1; !cart; times += 1) {
      assert.ok(times < 100, 'the store never answers');
      sent = performance.now();
      cart = await this.#send(wish, change);
    }
    const answered = performance.now();
    const output = {
      lines: cart.lines.map(({ slug, quantity }): [string, number] => [slug, quantity]),
      capped: cart.notices.flatMap((notice) => (notice.code === 'capped' ? [notice.slug] : [])),
    };
    const { version } = cart;
    if (!writes || !repeated) return [{ input: wish, output, version, writes, sent, answered }];
    return [
      { input: wish, output, version: null, writes, sent: first, answered },
      { input: { kind: 'read' }, output, version, writes: false, sent, answered },
    ];
  }

  /** @returns null where the store did not answer in time */
  async #send({ kind, slug, quantity }: Wish, change: string): Promise<PricedCart | null> {
    const path = { read: '/cart', add: '/cart/lines', set: `/cart/lines/${slug}` }[kind];
    const body = kind === 'add' ? { product: slug, quantity, change } : { quantity, change };
    const question = request({
      port: this.#port,
      host: '127.0.0.1',
      path,
      method: kind === 'read' ? 'GET' : 'POST',
      agent: this.#agent,
      headers: this.#headers,
    });
    question.end(kind === 'read' ? undefined : JSON.stringify(body));
    const [answer] = (await once(question, 'response')) as [IncomingMessage];
    const content = await text(answer);
    if (answer.statusCode === 503) return null;
    assert.equal(answer.statusCode, 200, content);
    return JSON.parse(content) as PricedCart;
  }

  /** Listens until its stream tells of this version. @returns all versions that it told of */
  async hears(last: number): Promise<number[]> {
    const versions: number[] = [];
    while (versions.at(-1) !== last) versions.push(Number((await this.stream.next())!.id));
    return versions;
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    await this.stream[Symbol.asyncDispose]();
  }
}

for (const store of stores) {
  test(`a race of ten devices with ten thousand changes of one cart on ${store}`, async (t) => {
    await using shop = await openShop(store);
    await shop.app.listen({ port: 0, host: '127.0.0.1' });
    const ada = newPerson();
    await new Browser(shop).signUp(ada);
    const devices: Device[] = [];
    while (devices.length < DEVICES) devices.push(await Device.open(shop, ada));
    t.after(() => Promise.all(devices.map((device) => device.close())));
    const heard = Promise.all(devices.map((device) => device.hears(CHANGES)));

    const seed = randomInt(2 ** 31);
    const random = createRandom(seed);

    function newWish(): Wish {
      const slug = random.choose(slugs);
      const dice = random(10);
      if (dice < 6) return { kind: 'add', slug, quantity: 1 + random(20) };
      if (dice < 8) return { kind: 'set', slug, quantity: 1 + random(120) };
      return { kind: 'set', slug, quantity: 0 };
    }

    const history: Operation<Wish, Seen>[] = [];
    let sent = 0;
    async function live(device: Device) {
      while (sent < CHANGES) {
        sent += 1;
        history.push(...(await device.ask(newWish())));
        if (random(20) === 0) history.push(...(await device.ask({ kind: 'read' })));
      }
    }
    await Promise.all(devices.map(live));
    const [last] = await devices[0]!.ask({ kind: 'read' });
    history.push(last!);

    const empty: Kept = { lines: new Map(), capped: [] };
    const writes = history.filter((operation) => operation.writes);

    await t.test('every change has a version of its own, without gaps', () => {
      assert.equal(writes.length, CHANGES);
      assert.equal(last!.version, CHANGES);
      const versions = writes.flatMap(({ version }) => version ?? []);
      assert.equal(new Set(versions).size, versions.length);
    });

    await t.test('the streams of all devices end with the last version', async () => {
      for (const versions of await heard) {
        assert.deepEqual(
          versions,
          versions.toSorted((a, b) => a - b),
          'none went back',
        );
      }
    });

    await t.test('no line was ever above 99', () => {
      const highest = Math.max(
        ...history.flatMap(({ output }) => output.lines.map(([, quantity]) => quantity)),
      );
      assert.equal(highest, 99);
    });

    await t.test(
      'all answers, the last cart too, are those of one order of all changes (linearizable)',
      () => {
        const found = contradiction(history, { state: empty, version: 0 }, cartModel);
        assert.equal(found, null, `seed ${seed}`);
      },
    );

    await t.test('the devices did meet: many changes were on their way at once', () => {
      const overlapping = writes.filter(
        (one, index) => index > 0 && one.sent < writes[index - 1]!.answered,
      );
      assert.ok(overlapping.length > CHANGES / 2, `${overlapping.length}`);
    });
  });
}
