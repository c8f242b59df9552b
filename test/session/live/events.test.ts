import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser, formValues, newPerson } from '../../support/browser.ts';
import { openShop, stores, type Shop } from '../../support/shop.ts';
import { openStream } from '../../support/stream.ts';

/** A listening shop: streams need real sockets. */
async function openListening(store: (typeof stores)[number]): Promise<Shop & { origin: string }> {
  const shop = await openShop(store);
  return Object.assign(shop, { origin: await shop.app.listen({ host: '127.0.0.1', port: 0 }) });
}

for (const store of stores) {
  test(`live carts on ${store}`, async (t) => {
    await using shop = await openListening(store);
    const { origin } = shop;

    await t.test('a change on the phone is told on the laptop', async () => {
      const [laptop, phone, ada] = [new Browser(shop), new Browser(shop), newPerson()];
      await laptop.signUp(ada);
      await phone.signIn(ada);
      await using stream = await openStream(origin, laptop);
      assert.deepEqual(await stream.next(), { event: 'cart', id: '0', data: { version: 0 } });
      await phone.add('weekender');
      assert.deepEqual(await stream.next(), { event: 'cart', id: '1', data: { version: 1 } });
    });

    await t.test('a guest’s tabs hear of their cart', async () => {
      const guest = new Browser(shop);
      await guest.add('weekender');
      await using stream = await openStream(origin, guest);
      assert.equal((await stream.next())?.id, '1');
      await guest.add('weekender');
      assert.equal((await stream.next())?.id, '2');
    });

    await t.test('who has no cart has no stream, and leaves no trace', async () => {
      for (const path of ['/events', '/cart/events']) {
        const { status, headers } = await fetch(origin + path);
        assert.equal(status, 204);
        assert.equal(headers.get('set-cookie'), null);
      }
    });

    await t.test('the old address of the stream still works', async () => {
      const guest = new Browser(shop);
      await guest.add('weekender');
      await using stream = await openStream(origin, guest, {}, '/cart/events');
      assert.deepEqual(await stream.next(), { event: 'cart', id: '1', data: { version: 1 } });
      await guest.add('weekender');
      assert.equal((await stream.next())?.id, '2');
    });

    await t.test('a stream of the old session id ends when the id rotates', async () => {
      const [laptop, ada] = [new Browser(shop), newPerson()];
      await laptop.signUp(ada);
      await using stream = await openStream(origin, laptop);
      await stream.next();
      const { password } = ada;
      await laptop.submit('/account/confirm', '/account/confirm', { password });
      assert.equal((await stream.next())?.event, 'signed-out');
      assert.equal(await stream.next(), null);
      await using next = await openStream(origin, laptop);
      assert.equal((await next.next())?.event, 'cart', 'the session goes on under its new id');
    });

    await t.test('signing out ends the stream and tells the page', async () => {
      const laptop = new Browser(shop);
      await laptop.signUp(newPerson());
      await using stream = await openStream(origin, laptop);
      await stream.next();
      await laptop.signOut();
      assert.equal((await stream.next())?.event, 'signed-out');
      assert.equal(await stream.next(), null, 'closed, with no later event');
    });

    await t.test('another device that signs out is no business of this one', async () => {
      const [laptop, phone, ada] = [new Browser(shop), new Browser(shop), newPerson()];
      await laptop.signUp(ada);
      await phone.signIn(ada);
      await using stream = await openStream(origin, laptop);
      await stream.next();
      await phone.signOut();
      await laptop.add('weekender');
      assert.equal((await stream.next())?.event, 'cart');
    });

    await t.test('an owner has ten streams; the eleventh is asked to wait', async () => {
      const laptop = new Browser(shop);
      await laptop.signUp(newPerson());
      const streams = await Promise.all(
        Array.from({ length: 10 }, () => openStream(origin, laptop)),
      );
      const eleventh = await openStream(origin, laptop);
      assert.equal(eleventh.status, 429);
      assert.ok(Number(eleventh.headers['retry-after']) > 0);
      await streams[0]![Symbol.asyncDispose]();
      await eleventh[Symbol.asyncDispose]();
      // The place is free again as soon as the server has seen the connection close.
      let again = await openStream(origin, laptop);
      while (again.status === 429) {
        await again[Symbol.asyncDispose]();
        again = await openStream(origin, laptop);
      }
      assert.equal(again.status, 200);
      for (const stream of [...streams, again]) await stream[Symbol.asyncDispose]();
    });

    await t.test(
      'who comes back with the present version is told nothing until the next',
      async () => {
        const guest = new Browser(shop);
        await guest.add('weekender');
        await using stream = await openStream(origin, guest, { 'last-event-id': '1' });
        assert.equal(stream.status, 200, 'the page sees that it is connected');
        await guest.add('weekender');
        assert.equal((await stream.next())?.id, '2');
      },
    );

    await t.test(
      'who comes back with an older version, or an odd one, is told the present',
      async () => {
        const guest = new Browser(shop);
        await guest.add('weekender');
        for (const id of ['0', '01', '1e0', '2', '-1', 'NaN', '__proto__', 'x'.repeat(8000)]) {
          await using stream = await openStream(origin, guest, { 'last-event-id': id });
          assert.deepEqual(await stream.next(), { event: 'cart', id: '1', data: { version: 1 } });
        }
      },
    );

    await t.test('a page that nobody sees yet leaves messages to one that is seen', async () => {
      const laptop = new Browser(shop);
      await laptop.signUp(newPerson());
      for (const unseen of [{ 'sec-fetch-dest': 'empty' }, { 'sec-purpose': 'prefetch' }]) {
        assert.doesNotMatch((await laptop.get('/', unseen)).body, /Welcome to Satchel/);
      }
      assert.match((await laptop.get('/')).body, /Welcome to Satchel/);
    });

    await t.test(
      'a user’s change that arrives after their sign-out fills nobody’s cart',
      async () => {
        const laptop = new Browser(shop);
        await laptop.signUp(newPerson());
        const fields = formValues(await laptop.get('/shop/weekender'), '/cart/lines');
        await laptop.signOut();
        const late = await laptop.post('/cart/lines', fields, { accept: 'application/json' });
        assert.equal(late.status, 401);
        assert.equal(late.headers['set-cookie'], undefined);
        assert.deepEqual(await laptop.lines(), {});
      },
    );

    await t.test('HEAD opens no stream', async () => {
      const guest = new Browser(shop);
      await guest.add('weekender');
      const cookie = guest.cookieHeader;
      for (const path of ['/events', '/cart/events']) {
        const answer = await fetch(origin + path, { method: 'HEAD', headers: { cookie } });
        assert.equal(answer.status, 200);
        assert.equal(await answer.text(), '');
      }
    });
  });

  test(`closing the app on ${store} does not wait for open streams`, async () => {
    await using shop = await openListening(store);
    const { origin } = shop;
    const guest = new Browser(shop);
    await guest.add('weekender');
    await using stream = await openStream(origin, guest);
    await stream.next();
    await shop.app.close();
    assert.equal(await stream.next(), null);
  });
}

test('a stream says something every ten seconds, so a page notices when the network is gone', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  await using shop = await openListening('sqlite');
  const guest = new Browser(shop);
  await guest.add('weekender');
  await using stream = await openStream(shop.origin, guest);
  assert.equal((await stream.next())?.event, 'cart');
  for (let beats = 0; beats < 2; beats += 1) {
    t.mock.timers.tick(10_000);
    assert.deepEqual(await stream.nextBeat(), { event: 'beat', data: {} });
  }
});
