import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Browser, newPerson, type Person } from '../support/browser.ts';
import { startedShop } from './started-shop.ts';
import { openTlsStream, type TlsStream } from './tls-stream.ts';

const SECOND = 1000;
/** The shop always listens to one channel of its own, to notice a silent connection. */
const ofAProcess = /{process-/;

suite('streams', () => {
  const shop = startedShop();

  async function guest(): Promise<Browser> {
    const browser = new Browser(shop);
    await browser.add('weekender');
    return browser;
  }

  async function twoDevices(): Promise<{ ada: Person; laptop: Browser; phone: Browser }> {
    const [ada, laptop, phone] = [newPerson(), new Browser(shop), new Browser(shop)];
    await laptop.signUp(ada);
    await phone.signIn(ada);
    return { ada, laptop, phone };
  }

  test('are not for strangers', async () => {
    for (const cookies of [{}, { '__Host-satchel': `${'a'.repeat(43)}.${'b'.repeat(43)}` }]) {
      const stranger = new Browser(shop);
      for (const [name, value] of Object.entries(cookies)) stranger.cookies.set(name, value);
      using stream = await openTlsStream(shop, stranger);
      assert.equal(stream.status, 204);
      assert.equal(stream.headers['set-cookie'], undefined);
    }
  });

  test('are ten for one user, and the eleventh is told when to come again', async () => {
    const browser = await guest();
    await using streams = await openMany(10, () => openTlsStream(shop, browser));
    assert.ok(streams.all.every(({ status }) => status === 200));
    using eleventh = await openTlsStream(shop, browser);
    assertToldToWait(eleventh);
    await shop.logged(/"excess_rate_limit_exceeded".*"limit":"streams of owner"/);
    using other = await openTlsStream(shop, await guest());
    assert.equal(other.status, 200);
  });

  test('are fifty for one address, for all its users together', async () => {
    const guests = await Promise.all(Array.from({ length: 6 }, guest));
    const from = (address: string, index: number) =>
      openTlsStream(shop, guests[index % 6]!, { 'x-forwarded-for': address });
    await using streams = await openMany(50, (index) => from('203.0.113.9', index));
    assert.ok(streams.all.every(({ status }) => status === 200));
    using refused = await from('203.0.113.9', 0);
    assertToldToWait(refused);
    using elsewhere = await from('203.0.113.10', 0);
    assert.equal(elsewhere.status, 200);
  });

  test('are not opened by HEAD', async () => {
    const browser = await guest();
    const cookie = browser.cookieHeader;
    for (let times = 0; times < 20; times += 1) {
      const answer = await shop.send(
        `HEAD /events HTTP/1.1\r\nhost: ${shop.host}\r\nx-forwarded-proto: https\r\n` +
          `cookie: ${cookie}\r\nconnection: close\r\n\r\n`,
      );
      assert.deepEqual(answer.statuses, [200]);
      assert.ok(answer.closed && answer.text.endsWith('\r\n\r\n'), answer.text);
    }
    using stream = await openTlsStream(shop, browser);
    assert.equal(stream.status, 200, 'none of them took a place');
  });

  test('ignore an odd Last-Event-ID', async () => {
    const browser = await guest();
    for (const id of ['x'.repeat(12_000), '1 event: x', '../../etc/passwd', '\u00ff']) {
      using stream = await openTlsStream(shop, browser, { 'last-event-id': id });
      await stream.saw(/"version":1\}\n\n/);
      assertOnlyEvents(stream);
    }
    const huge = await shop.send(
      `GET /events HTTP/1.1\r\nhost: ${shop.host}\r\nlast-event-id: ${'x'.repeat(1024 * 1024)}\r\n\r\n`,
    );
    assert.ok(huge.closed);
    assert.ok(shop.isRunning());
  });

  test('carry nothing that somebody else has written', async () => {
    const browser = await guest();
    using stream = await openTlsStream(shop, browser);
    await stream.saw(/event: cart/);
    const injection = 'x\r\n\r\nevent: x\r\ndata: owned\r\n\r\n';
    const bodies = [
      { product: injection, quantity: 1, change: crypto.randomUUID() },
      { product: 'weekender', quantity: 1, change: `${crypto.randomUUID()}${injection}` },
      { product: 'weekender', quantity: injection, change: crypto.randomUUID() },
    ];
    for (const body of bodies) {
      assert.equal((await browser.postJson('/cart/lines', body)).status, 422);
    }
    await browser.add('weekender');
    await stream.saw(/"version":2\}/);
    assertOnlyEvents(stream);
  });

  /** What ends the laptop's session -> how. */
  const endings: Record<
    string,
    (devices: Awaited<ReturnType<typeof twoDevices>>) => Promise<unknown>
  > = {
    'signed out': ({ laptop }) => laptop.signOut(),
    'signed out elsewhere': ({ phone }) => phone.submit('/devices', '/devices/revoke-others'),
    'signed out by a new password': ({ phone, ada }) =>
      phone.submit('/account', '/account/password', {
        current: ada.password,
        password: 'four other warm words',
        confirm: 'four other warm words',
      }),
    'deleted with the account': ({ phone, ada }) =>
      phone.submit('/account', '/account/delete', { password: ada.password }),
  };
  for (const [ending, end] of Object.entries(endings)) {
    test(`end within a second of a device that is ${ending}, and tell nothing later`, async () => {
      const devices = await twoDevices();
      using stream = await openTlsStream(shop, devices.laptop);
      await stream.saw(/event: cart/);
      // The time it takes to answer who ended it is not the stream's.
      const done = end(devices).then(() => performance.now());
      const [late, ended] = await Promise.all([done, stream.ended]);
      assert.ok(ended - late < SECOND, `${ended - late} ms after the answer`);
      await devices.phone.add('weekender');
      assert.match(stream.text(), /event: signed-out\ndata: \{\}\n\n$/);
    });
  }

  test('whose reader takes nothing are cut off before they fill the memory', async (t) => {
    const browser = await guest();
    const redis = new Redis(shop.redis.url);
    t.after(() => redis.disconnect());
    const channels = () => redis.pubsub('CHANNELS') as Promise<string[]>;
    const others = new Set(await channels());
    using stream = await openTlsStream(shop, browser);
    await stream.saw(/event: cart/);
    stream.pause();
    const watched = (await channels()).find((channel) => !others.has(channel))!;
    const before = shop.memory();
    // As if the cart had changed so often, which would take an hour by requests.
    let told = 0;
    for (let heard = 1; heard > 0; told += 2000) {
      const flood = redis.pipeline();
      for (let event = 0; event < 2000; event += 1) flood.publish(watched, 'cart 123456789');
      const answers = (await flood.exec())!;
      heard = Number(answers.at(-1)![1]);
      assert.ok(told < 1_000_000, 'the reader is still served');
    }
    t.diagnostic(
      `cut off after ${told} events; memory grew by ${(shop.memory() - before).toFixed(0)} MB`,
    );
    stream.resume();
    await stream.ended;
    assert.ok(shop.memory() - before < 64);
  });

  test('leave nothing behind, however often they come and go', async (t) => {
    const redis = new Redis(shop.redis.url);
    t.after(() => redis.disconnect());
    const watched = async () =>
      ((await redis.pubsub('CHANNELS')) as string[]).filter((channel) => !ofAProcess.test(channel));
    const guests = await Promise.all(Array.from({ length: 5 }, guest));
    for (let times = 0; times < 60; times += 1) {
      const streams = await openMany(5, (index) => openTlsStream(shop, guests[index]!));
      await streams[Symbol.asyncDispose]();
    }
    while ((await watched()).length > 0) await delay(20, null, { signal: t.signal });
    // All places are free again.
    await using streams = await openMany(50, (index) => openTlsStream(shop, guests[index % 5]!));
    assert.ok(streams.all.every(({ status }) => status === 200));
  });
});

suite('a session past its absolute lifetime', () => {
  const shop = startedShop({ SESSION_ABSOLUTE_TTL: '4s' });

  test('has no stream any more, and gets none', async () => {
    const browser = new Browser(shop);
    await browser.add('weekender');
    const began = performance.now();
    using stream = await openTlsStream(shop, browser);
    assert.equal(stream.status, 200);
    const age = (await stream.ended) - began;
    assert.ok(age < 5 * SECOND, `${age} ms`);
    using again = await openTlsStream(shop, browser);
    assert.equal(again.status, 204);
  });
});

suite('a shop that is asked to end', () => {
  const shop = startedShop();

  test('ends its streams, and itself within ten seconds, as one that is well', async (t) => {
    const browser = new Browser(shop);
    await browser.add('weekender');
    await using streams = await openMany(10, () => openTlsStream(shop, browser));
    const start = performance.now();
    const code = await shop.endBy('SIGTERM');
    const took = performance.now() - start;
    t.diagnostic(`ended after ${took.toFixed(0)} ms`);
    assert.equal(code, 0);
    assert.ok(took < 10 * SECOND);
    for (const stream of streams.all) {
      await stream.ended;
      assertOnlyEvents(stream);
    }
  });
});

async function openMany(count: number, open: (index: number) => Promise<TlsStream>) {
  const all = await Promise.all(Array.from({ length: count }, (_, index) => open(index)));
  return {
    all,
    async [Symbol.asyncDispose]() {
      for (const stream of all) stream[Symbol.dispose]();
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
}

function assertToldToWait({ status, headers }: TlsStream): void {
  assert.equal(status, 429);
  assert.ok(Number(headers['retry-after']) > 0);
}

/** A stream of a live session begins with a beat that says when to reconnect. Then it has only versions and beats. */
function assertOnlyEvents(stream: TlsStream): void {
  assert.match(
    stream.text(),
    /^event: beat\ndata: \{\}\nretry: \d+\n\n(id: \d+\nevent: cart\ndata: \{"version":\d+\}\n\n|event: beat\ndata: \{\}\n\n)*$/,
  );
}
