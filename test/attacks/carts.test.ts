import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import Database from 'better-sqlite3';
import { Browser, formValues, newPerson } from '../support/browser.ts';
import { startedShop } from './started-shop.ts';

suite('the cart', () => {
  const shop = startedShop();
  const change = () => crypto.randomUUID();

  const quantities = [
    '0',
    '-1',
    '1.5',
    '1e308',
    '1e999',
    '"0x10"',
    '"5"',
    'true',
    '[1]',
    '{}',
    'null',
    '""',
    '"1;DROP"',
    '9007199254740993',
  ];
  for (const quantity of quantities) {
    test(`takes no quantity of ${quantity}, and says which field is wrong`, async () => {
      const browser = new Browser(shop);
      await browser.add('field-satchel', 2);
      const json = `{"product":"field-satchel","quantity":${quantity},"change":"${change()}"}`;
      const page = await browser.postJson('/cart/lines', json);
      assert.equal(page.status, 422, page.body);
      assert.deepEqual(Object.keys((JSON.parse(page.body) as { errors: object }).errors), [
        'quantity',
      ]);
      assert.deepEqual(await browser.lines(), { 'field-satchel': 2 });
    });
  }

  const inForms = [
    'quantity=0',
    'quantity=-1',
    'quantity=1.5',
    'quantity=1e308',
    'quantity=NaN',
    'quantity=9007199254740993',
    'quantity=0x10',
    'quantity=true',
    'quantity=',
    'quantity=1%3BDROP',
    'quantity=1&quantity=2',
    'quantity[]=1',
    '',
  ];
  for (const fields of inForms) {
    test(`takes no form with ${fields || 'no quantity'}`, async () => {
      const browser = new Browser(shop);
      await browser.add('field-satchel', 2);
      const { statusCode } = await shop.app.inject({
        method: 'POST',
        url: '/cart/lines',
        payload: `product=field-satchel&change=${change()}&${fields}`,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'sec-fetch-site': 'same-origin',
        },
      });
      // A field of another name, such as `quantity[]`, is dropped.
      assert.equal(statusCode, 422);
      assert.deepEqual(await browser.lines(), { 'field-satchel': 2 });
    });
  }

  test('never holds more than 99 of one thing, however often they are added', async () => {
    const browser = new Browser(shop);
    await browser.add('field-satchel');
    await Promise.all(
      Array.from({ length: 100 }, () =>
        browser.postJson('/cart/lines', {
          product: 'field-satchel',
          quantity: 99,
          change: change(),
        }),
      ),
    );
    const cart = await browser.cart();
    assert.deepEqual(await browser.lines(), { 'field-satchel': 99 });
    assert.ok(Number.isSafeInteger(cart.subtotal) && cart.subtotal > 0);
  });

  test('counts an add that is played back 50 times at once as one', async (t) => {
    const browser = new Browser(shop);
    await browser.add('market-net');
    const body = { product: 'field-satchel', quantity: 1, change: change() };
    const pages = await Promise.all(
      Array.from({ length: 50 }, () => browser.postJson('/cart/lines', body)),
    );
    assert.ok(pages.every(({ status }) => status === 200));
    const lines = await browser.lines();
    t.diagnostic(JSON.stringify(lines));
    assert.deepEqual(lines, { 'market-net': 1, 'field-satchel': 1 });
  });

  test('takes no field that the form does not have', async () => {
    const browser = new Browser(shop);
    for (const name of [
      'userId',
      'role',
      'price',
      'unitPrice',
      'isAdmin',
      'id',
      'owner',
      'createdAt',
      'passwordHash',
    ]) {
      const body = { product: 'field-satchel', quantity: 1, change: change(), [name]: 'x' };
      assert.equal((await browser.postJson('/cart/lines', body)).status, 400, name);
    }
    assert.deepEqual(await browser.lines(), {});
  });

  test('is its owner’s alone', async () => {
    const owner = new Browser(shop);
    await owner.signUp(newPerson());
    await owner.add('field-satchel', 3);
    const other = new Browser(shop);
    await other.signUp(newPerson());
    assert.deepEqual(await other.lines(), {});
    assert.equal((await other.add('market-net')).status, 303);
    const cleared = await other.submit('/cart', '/cart/clear');
    assert.equal(cleared.location, '/cart');
    assert.deepEqual(await other.lines(), {});
    assert.deepEqual(await owner.lines(), { 'field-satchel': 3 });
  });
});

suite('an account', () => {
  const shop = startedShop();

  test('is made with the fields of the form alone', async () => {
    const database = new Database(`${shop.folder}/satchel.db`, { readonly: true });
    for (const more of ['role', 'isAdmin', 'id', 'createdAt', 'passwordHash', 'userId']) {
      const person = newPerson();
      const entered = { ...person, confirm: person.password, [more]: '987654321' };
      const browser = new Browser(shop);
      assert.equal((await browser.postJson('/signup', entered)).status, 400, more);
      assert.equal(await browser.isSignedIn(), false);

      const page = await browser.submit('/signup', '/signup', entered);
      assert.equal(page.status, 303, more);
      const row = database.prepare('SELECT * FROM users WHERE email = ?').get(person.email);
      assert.doesNotMatch(JSON.stringify(row), /987654321/, more);
    }
    database.close();
  });

  test('takes no field that its forms do not have, and its row stays as it is', async () => {
    const person = newPerson();
    const browser = new Browser(shop);
    await browser.signUp(person);
    const database = new Database(`${shop.folder}/satchel.db`, { readonly: true });
    const row = () => database.prepare('SELECT * FROM users WHERE email = ?').get(person.email);
    const before = row();
    const { name, password } = person;
    for (const [action, fields] of [
      ['/account/profile', { name: 'Another Name' }],
      ['/account/email', { email: newPerson().email, password }],
      [
        '/account/password',
        { current: password, password: 'new warm words here', confirm: 'new warm words here' },
      ],
      ['/account/delete', { password }],
    ] as const) {
      for (const more of [
        'userId',
        'role',
        'price',
        'isAdmin',
        'id',
        'createdAt',
        'passwordHash',
      ]) {
        const { _csrf } = formValues(await browser.get('/account'), action);
        const page = await browser.postJson(action, { ...fields, _csrf, [more]: name });
        assert.equal(page.status, 400, `${action} ${more}`);
        const same = await browser.submit('/account', '/account/profile', { name, [more]: 'x' });
        assert.equal(same.status, 303, more);
      }
    }
    assert.deepEqual(row(), before);
    database.close();
  });

  test('is not worth a long password: it is refused unhashed', async (t) => {
    for (const [length, status] of [
      [129, 422],
      [1_000_000, 413],
    ] as const) {
      const start = performance.now();
      const page = await new Browser(shop).post('/login', {
        email: 'a@example.com',
        password: 'x'.repeat(length),
      });
      t.diagnostic(
        `${length} characters: ${page.status} in ${(performance.now() - start).toFixed(1)} ms`,
      );
      assert.equal(page.status, status);
    }
  });

  test('is tried by 200 at once, and the shop stays open', async (t) => {
    const tries = Promise.all(
      Array.from({ length: 200 }, (_, at) =>
        new Browser(shop, { 'x-forwarded-for': `198.51.100.${at}` }).post('/login', {
          email: newPerson().email,
          password: 'not the right one',
        }),
      ),
    );
    const waits: number[] = [];
    const state = { ended: false };
    void tries.finally(() => (state.ended = true));
    while (!state.ended) {
      const start = performance.now();
      assert.equal((await new Browser(shop).get('/cart')).status, 200);
      waits.push(performance.now() - start);
    }
    const answers = await tries;
    const busy = answers.filter(({ status }) => status === 503);
    assert.ok(answers.every(({ status }) => [422, 429, 503].includes(status)));
    assert.ok(busy.length > 0 && busy.every(({ headers }) => Number(headers['retry-after']) > 0));
    const p99 = waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.99)]!;
    t.diagnostic(
      `${busy.length} of 200 heard 503; p99 of ${waits.length} carts meanwhile ${p99.toFixed(0)} ms`,
    );
  });
});
