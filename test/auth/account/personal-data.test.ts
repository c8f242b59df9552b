import assert from 'node:assert/strict';
import { test } from 'node:test';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import type { Session } from 'fastify';
import { Redis } from 'ioredis';
import { createStoreAdapter } from '../../../src/session/store-adapter.ts';
import { sessionProperties } from '../../../src/session/properties.ts';
import { Browser, newPerson, type Person } from '../../support/browser.ts';
import { openShop, type Shop } from '../../support/shop.ts';

/**
 * What becomes of the data of a user when they delete their account. A table or a kind of key that is missing here makes
 * the tests below fail: whoever adds one must decide how it is deleted.
 */
type Deletion =
  /** It is deleted with the account. */
  | 'with the account'
  /** It names nobody, and expires by itself. */
  | 'expires'
  /** It contains nothing about a user. */
  | 'nothing personal';

const tables: Record<string, Deletion> = {
  users: 'with the account',
  products: 'nothing personal',
  __drizzle_migrations: 'nothing personal',
  sessions: 'with the account',
  session_fields: 'with the account',
  devices: 'with the account',
  carts: 'with the account',
  cart_lines: 'with the account',
  cart_changes: 'with the account',
  quarantined_carts: 'with the account',
  moved_carts: 'with the account',
  links: 'expires',
  uses: 'expires',
  failures: 'expires',
};

const keys: Record<string, Deletion> = {
  session: 'with the account',
  devices: 'with the account',
  cart: 'with the account',
  changes: 'with the account',
  undo: 'with the account',
  moved: 'with the account',
  quarantine: 'with the account',
  claimed: 'expires',
  link: 'expires',
  answer: 'expires',
  uses: 'expires',
  failures: 'expires',
};

/** Lives a life in which something is stored in every table, and returns the id of the user. */
async function liveALife(shop: Shop, person: Person): Promise<string> {
  const laptop = new Browser(shop);
  await laptop.add('market-net');
  await laptop.signUp(person);
  await laptop.add('weekender', 2);
  await laptop.submit('/session', '/session/variables', { key: 'colour', value: 'green' });
  await laptop.submit('/transfer', '/transfer');
  const phone = new Browser(shop);
  await phone.add('field-satchel');
  await phone.signIn({ ...person, password: 'a wrong password' });
  await phone.signIn(person);
  const user = shop.app.users.findByEmail(person.email)!;
  await laptop.submit('/account', '/account/delete', { password: person.password });
  return user.id;
}

test('on the embedded store, every table is empty of a user who has deleted their account', async () => {
  await using shop = await openShop('sqlite');
  const ada = newPerson('Ada Lovelace');
  const id = await liveALife(shop, ada);

  for (const file of ['satchel.db', 'state.db']) {
    const database = new Database(`${shop.folder}/${file}`, { readonly: true });
    const names = database
      .prepare<[], string>(
        `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
      )
      .pluck()
      .all();
    for (const name of names) {
      assert.ok(tables[name], `${name}: say above how a user's rows are deleted`);
      const rows = JSON.stringify(database.prepare(`SELECT * FROM ${name}`).all());
      for (const word of [id, ada.email, ada.name]) {
        assert.ok(!rows.includes(word), `${name} still contains ${word}`);
      }
      if (tables[name] === 'expires') {
        const expiries = database.prepare<[], number>(`SELECT expires FROM ${name}`).pluck().all();
        assert.ok(
          expiries.every((expiry) => expiry < Date.now() + 2 * 86_400_000),
          name,
        );
      }
    }
    database.close();
  }
});

test('on Redis, no key of a user who has deleted their account is left', async () => {
  await using shop = await openShop('redis');
  const ada = newPerson('Ada Lovelace');
  const id = await liveALife(shop, ada);
  const client = new Redis(shop.redis!.url);

  for (const key of await client.keys('*')) {
    const kind = key.split(':', 1)[0]!;
    assert.ok(keys[kind], `${key}: say above how a user's keys are deleted`);
    assert.ok(!key.includes(id), key);
    const lifetime = await client.pttl(key);
    assert.ok(lifetime > 0, `${key} never expires`);
    if (keys[kind] === 'expires') assert.ok(lifetime < 2 * 86_400_000, key);
    if (kind === 'session') {
      // The pointer of a rotation, without anything about the user.
      assert.deepEqual((await client.hkeys(key)).sort(), [':pointer', ':successor']);
      assert.ok(lifetime <= 30_000);
    }
  }
  client.disconnect();
});

test('the export has every property of a session that is not named as left out', async () => {
  await using shop = await openShop('sqlite');
  const browser = new Browser(shop);
  await browser.signUp(newPerson());
  const { session } = JSON.parse((await browser.get('/account/export')).body) as {
    session: Record<string, unknown>;
  };

  const exported = Object.entries(sessionProperties)
    .filter(([, value]) => typeof value === 'function')
    .map(([name]) => name);
  assert.deepEqual(Object.keys(session).sort(), exported.sort());
});

test('a session property that is not declared cannot be saved, so that no test overlooks it', async () => {
  await using shop = await openShop('sqlite');
  const adapter = createStoreAdapter(shop.app.store.sessions, {
    currentRequest: () => undefined,
    idleLifetime: 1000,
    onlyDeclared: true,
  });
  const save = (session: object) => promisify(adapter.set.bind(adapter))('id', session as Session);

  await save({ owner: 'guest-a' });
  await assert.rejects(save({ favourite: 'green' }), /session\.favourite is not declared/);
});
