import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { before, suite, test } from 'node:test';
import Database from 'better-sqlite3';
import { securityEvents } from '../../src/operations/security-log.ts';
import { Browser, formValues, newPerson } from '../support/browser.ts';
import { startedShop, type StartedShop } from './started-shop.ts';

interface Line {
  level: number;
  time: number;
  msg: string;
  reqId?: string;
  event?: string;
  ip?: string;
  err?: { stack: string };
}

suite('the log of a day', { concurrency: false }, () => {
  const shop = startedShop({ LOG_LEVEL: 'trace' });
  const began = Date.now();
  let secrets: string[] = [];
  let lines: Line[] = [];

  before(async () => {
    secrets = await aDay(shop);
    lines = shop.log().map((line) => JSON.parse(line) as Line);
  });

  test('tells no password, token, cookie, session variable or whole e-mail', (t) => {
    // The demo log-in is printed on purpose, and only where the shop is open to its own machine alone.
    const isForTheDemo = (line: string) => line.includes('"event":"demo_user"');
    const log = shop
      .log()
      .filter((line) => !isForTheDemo(line))
      .join('\n')
      .toLowerCase();
    for (const secret of secrets) assert.ok(!log.includes(secret.toLowerCase()), secret);
    assert.doesNotMatch(log, /[\w.+-]+@[\w-]+\.\w+|argon2|set-cookie|__host-/);
    t.diagnostic(`${lines.length} lines, none with any of ${secrets.length} secrets`);
  });

  test('says in each line when it was, in UTC, and how grave', () => {
    for (const { time, level, msg } of lines) {
      assert.ok(time >= began && time <= Date.now());
      assert.ok([10, 20, 30, 40, 50].includes(level));
      assert.equal(typeof msg, 'string');
    }
  });

  test('has a line of its own for each event, with the request and whence it came', (t) => {
    const ofTheStart = new Set(['data_file_created', 'demo_user']);
    const events = lines.filter(({ event }) => event !== undefined && !ofTheStart.has(event));
    const counts = Object.groupBy(events, ({ event }) => event!);
    assert.deepEqual(Object.keys(counts).sort(), Object.keys(securityEvents).sort());
    for (const { reqId, ip } of events) {
      assert.match(reqId!, /^req-/);
      assert.equal(ip, '127.0.0.1');
    }
    for (const [event, all] of Object.entries(counts)) t.diagnostic(`${event}: ${all!.length}`);
  });

  test('has the whole fault where something broke, under the number that the page gave', () => {
    const faults = lines.filter(({ level, err }) => level === 50 && err);
    assert.ok(faults.length > 0);
    for (const { err, reqId } of faults) {
      assert.match(err!.stack, /Error: .+\n +at /);
      assert.ok(reqId === undefined || reqId.startsWith('req-'));
    }
    assert.ok(faults.some(({ reqId }) => reqId));
  });

  test('goes to the output alone: beside the data there is no other file', () => {
    const files = readdirSync(shop.folder).filter((file) => !file.startsWith('satchel.db'));
    assert.deepEqual(files, []);
  });
});

/** All that people, attackers and faults do with a shop. @returns what no log may repeat */
async function aDay(shop: StartedShop): Promise<string[]> {
  const secrets = new Set(['a secret of the attacked shop', 'a wrong password of the day']);
  const [laptop, phone, tablet, guest, thief] = Array.from({ length: 5 }, () => new Browser(shop));
  const keepCookies = () => {
    for (const { cookies } of [laptop, phone, tablet, guest, thief].map((browser) => browser!)) {
      for (const value of cookies.values()) {
        for (const part of decodeURIComponent(value).split('.')) secrets.add(part);
      }
    }
  };
  const ada = newPerson('Augusta Byron');
  const next = { email: newPerson().email, password: 'another few warm words' };
  for (const word of [ada.name, ada.email, ada.password, next.email, next.password])
    secrets.add(word);
  const wrong = { email: ada.email, password: 'a wrong password of the day' };

  await laptop!.signUp(ada);
  keepCookies();
  await phone!.signIn(wrong);
  await phone!.signIn(wrong);
  await phone!.signIn(ada, { remember: 'yes', next: '/cart' });
  await laptop!.add('field-satchel', 2);
  await guest!.postJson('/cart/lines', {
    product: 'market-net',
    quantity: 1,
    change: crypto.randomUUID(),
  });
  keepCookies();

  // What people keep here, and change
  const variable = { key: 'note', value: 'a value to keep to oneself' };
  secrets.add(variable.value);
  await laptop!.submit('/session', '/session/variables', variable);
  const account = await laptop!.get('/account');
  secrets.add(formValues(account, '/account/profile')['_csrf']!);
  await laptop!.send(account, '/account/profile', { name: ada.name });
  await laptop!.submit('/account', '/account/password', {
    current: wrong.password,
    password: next.password,
    confirm: next.password,
  });
  await laptop!.submit('/account', '/account/password', {
    current: ada.password,
    password: next.password,
    confirm: next.password,
  });
  keepCookies();
  await laptop!.submit('/account', '/account/email', next);
  await laptop!.submit('/account/confirm', '/account/confirm', { password: next.password });
  await laptop!.get('/account/export');
  keepCookies();

  // Another device, and its end
  const offer = await laptop!.submit('/transfer', '/transfer');
  const [link = ''] = /\/transfer\/[\w-]{43}/.exec(offer.body)!;
  secrets.add(link.slice('/transfer/'.length));
  await tablet!.submit(link, link);
  await thief!.get(link);
  for (const method of ['HEAD', 'OPTIONS'] as const) await shop.app.inject({ method, url: link });
  keepCookies();
  await tablet!.submit('/', '/logout');
  await phone!.signIn(next);
  await laptop!.submit('/devices', '/devices/revoke-others');

  // Strangers
  for (let tries = 0; tries < 7; tries += 1) {
    await thief!.signIn({ email: next.email, password: `${wrong.password} ${tries}` });
  }
  await thief!.post('/login', next, {
    'sec-fetch-site': 'cross-site',
    origin: 'https://evil.example',
  });
  await thief!.post('/logout', { _csrf: [...secrets].at(-1)! });
  await thief!.get('/', { accept: 'application/json' });
  await thief!.postJson('/cart/lines', `{"password":"${next.password}",`);
  await thief!.post('/signup', { ...ada, confirm: ada.password, role: 'admin' });
  await laptop!.post('/session/variables', { ...variable, _csrf: 'none of ours' });
  await shop.send(`BREW /${next.password.replaceAll(' ', '+')} HTCPCP/1.0\r\n\r\n`);
  for (const path of ['/nowhere', '/login', '/shop', '/transfer']) {
    await laptop!.get(`${path}?${new URLSearchParams({ q: next.email, ...next }).toString()}`);
  }

  // Faults
  const database = new Database(`${shop.folder}/satchel.db`);
  database.exec('ALTER TABLE users RENAME TO users_gone');
  await thief!.post('/login', next);
  await thief!.post('/signup', { ...ada, confirm: ada.password });
  database.exec('ALTER TABLE users_gone RENAME TO users');
  database.close();
  await shop.redis.kill();
  await laptop!.get('/session');
  await phone!.signIn(next);
  await shop.redis.start();
  while ((await guest!.get('/readyz')).status !== 200);

  const goodbye = await laptop!.submit('/account', '/account/delete', { password: next.password });
  assert.equal(goodbye.location, '/login?goodbye=1');
  // The log comes by a pipe, a moment later.
  await shop.logged(/"user_deleted"/);
  keepCookies();
  return [...secrets].filter((secret) => secret.length > 8);
}
