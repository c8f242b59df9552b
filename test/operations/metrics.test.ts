import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser, newPerson } from '../support/browser.ts';
import { openShop } from '../support/shop.ts';
import { openStream } from '../support/stream.ts';
import { shopOfSuite } from '../support/suite-shop.ts';

type Site = Pick<Awaited<ReturnType<typeof openShop>>, 'app'>;

async function metricsOf({ app }: Site): Promise<string> {
  const { statusCode, body } = await app.inject('/metrics');
  assert.equal(statusCode, 200);
  return body;
}

/** The value of one line, named with its labels. */
async function metric(site: Site, line: string): Promise<number | undefined> {
  const found = (await metricsOf(site)).split('\n').find((each) => each.startsWith(`${line} `));
  return found === undefined ? undefined : Number(found.slice(line.length));
}

suite('metrics', () => {
  const shop = shopOfSuite('redis');

  const inside = ['127.0.0.1', '::1', '10.0.0.7', '172.18.0.1', '192.168.1.2', 'fd00::7'];
  for (const remoteAddress of [...inside, '::ffff:172.18.0.1']) {
    test(`are told ${remoteAddress}, at whatever name it finds us`, async () => {
      const headers = { host: 'app:3000' };

      const { statusCode, headers: answered } = await shop.app.inject({
        url: '/metrics',
        remoteAddress,
        headers,
      });
      assert.equal(statusCode, 200);
      assert.match(String(answered['content-type']), /^text\/plain; version=0\.0\.4/);
      assert.equal(answered['set-cookie'], undefined);
      assert.equal(answered['server-timing'], undefined);
    });
  }

  for (const remoteAddress of ['203.0.113.9', '172.32.0.1', '2001:db8::1', '::ffff:203.0.113.9']) {
    test(`are not there for ${remoteAddress}`, async () => {
      const { statusCode, body } = await shop.app.inject({ url: '/metrics', remoteAddress });

      assert.equal(statusCode, 404);
      assert.doesNotMatch(body, /_seconds/);
    });
  }

  const proxied = {
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-proto': 'https',
    'x-real-ip': '203.0.113.9',
    forwarded: 'for=203.0.113.9',
    via: '1.1 proxy',
  };
  for (const [name, value] of Object.entries(proxied)) {
    test(`are not there for who comes through a proxy that says ${name}`, async () => {
      const { statusCode } = await shop.app.inject({ url: '/metrics', headers: { [name]: value } });

      assert.equal(statusCode, 404);
    });
  }

  test('count requests by their route and their end', async () => {
    const browser = new Browser(shop);
    await browser.get('/shop/weekender?q=secret');
    await browser.get('/shop/no-such-bag');
    await browser.get('/no-such-page');
    await browser.get('/art/weekender.svg');

    const counted = (route: string, status: number) =>
      metric(
        shop,
        `http_request_duration_seconds_count{method="GET",route="${route}",status="${status}"}`,
      );
    assert.equal(await counted('/shop/:slug', 200), 1);
    assert.equal(await counted('/shop/:slug', 404), 1);
    assert.equal(await counted('none', 404), 1);
    assert.equal(await counted('file', 200), 1);
  });

  test('name nobody', async () => {
    const ada = newPerson();
    const browser = new Browser(shop);
    await browser.signUp(ada);
    await browser.add('weekender');
    await browser.get(`/shop?q=${encodeURIComponent(ada.email)}`);

    const text = await metricsOf(shop);
    const told = [ada.email, encodeURIComponent(ada.email), ada.name, '127.0.0.1', 'weekender'];
    for (const word of [...told, ...browser.cookies.values()]) assert.ok(!text.includes(word));
  });

  const numbers = [
    'nodejs_eventloop_lag_p99_seconds',
    'nodejs_eventloop_lag_max_seconds',
    'nodejs_heap_size_used_bytes',
    'process_resident_memory_bytes',
    'process_start_time_seconds',
    'password_hashes_waiting',
    'live_streams',
  ];
  for (const name of numbers) {
    test(`tell ${name}`, async () => {
      assert.ok(Number.isFinite(await metric(shop, name)));
    });
  }
});

test('metrics count the trips to the store, and those that it did not answer', async () => {
  await using shop = await openShop('redis');
  const browser = new Browser(shop);
  await browser.add('weekender');
  const before = (await metric(shop, 'store_round_trip_duration_seconds_count'))!;
  assert.equal(await metric(shop, 'store_round_trip_failures_total'), 0);

  await browser.get('/shop');
  assert.equal(await metric(shop, 'store_round_trip_duration_seconds_count'), before + 1);
  await shop.redis!.kill();
  await browser.get('/shop');
  assert.equal(await metric(shop, 'store_round_trip_failures_total'), 1);
});

test('metrics count the open streams', async () => {
  await using shop = await openShop('sqlite');
  const origin = await shop.app.listen({ host: '127.0.0.1', port: 0 });
  const browser = new Browser(shop);
  await browser.signUp(newPerson());
  assert.equal(await metric(shop, 'live_streams'), 0);

  await using stream = await openStream(origin, browser);
  await stream.next();
  assert.equal(await metric(shop, 'live_streams'), 1);
  await browser.signOut();
  while (await stream.next());
  assert.equal(await metric(shop, 'live_streams'), 0);
});
