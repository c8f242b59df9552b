import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { createPasswords } from '../../../src/auth/password/passwords.ts';
import { demoUser } from '../../../src/auth/sign-in/demo-user.ts';
import { Browser, newPerson } from '../../support/browser.ts';
import { productionSettings, throughProxy } from '../../support/production.ts';
import { openShop } from '../../support/shop.ts';

test('a database on which somebody developed is opened to the world without the demo user', async () => {
  await using shop = await openShop('sqlite');
  assert.ok(shop.app.users.findByEmail(demoUser.email));
  await shop.restart(productionSettings);
  assert.equal(shop.app.users.findByEmail(demoUser.email), undefined);
});

test('a demo user whose password was changed is kept', async () => {
  await using shop = await openShop('sqlite');
  const browser = new Browser(shop);
  await browser.signIn(demoUser);
  const password = 'my own long password';
  const passwords = { current: demoUser.password, password, confirm: password };
  await browser.submit('/account', '/account/password', passwords);
  await shop.restart(productionSettings);
  const answer = await new Browser(shop, throughProxy).signIn({ ...demoUser, password });
  assert.equal(answer.status, 303);
});

test('a demo user whose address was changed is removed too: everybody knows its password', async () => {
  await using shop = await openShop('sqlite');
  const browser = new Browser(shop);
  await browser.signIn(demoUser);
  const { email } = newPerson();
  const change = { email, password: demoUser.password };
  await browser.submit('/account', '/account/email', change);
  assert.ok(shop.app.users.findByEmail(email));

  await shop.restart(productionSettings);
  assert.equal(shop.app.users.findByEmail(email), undefined);
});

test('somebody who signs up with the demo address and password in production keeps the account', async () => {
  await using shop = await openShop('sqlite', productionSettings);
  const passwordHash = await createPasswords().hash(demoUser.password);
  const { name, email } = demoUser;
  const { id } = shop.app.users.add({ name, email, website: null, passwordHash })!;

  await shop.restart();
  assert.equal(shop.app.users.findByEmail(email)?.id, id);
});

test('the demo user of an older release, which did not mark it, is removed', async () => {
  await using shop = await openShop('sqlite');
  const account = shop.app.users.findByEmail(demoUser.email)!;
  await shop.app.close();
  await rm(`${shop.folder}/satchel.db`);
  const database = new Sqlite(`${shop.folder}/satchel.db`);
  const { entries } = JSON.parse(await read('meta/_journal.json')) as {
    entries: { tag: string; when: number }[];
  };
  const older = entries.filter(({ tag }) => tag < '0002');
  for (const { tag } of older) database.exec(await read(`${tag}.sql`));
  database.exec(
    'CREATE TABLE __drizzle_migrations (id SERIAL PRIMARY KEY, hash text, created_at numeric)',
  );
  database.prepare('INSERT INTO __drizzle_migrations VALUES (1, ?, ?)').run('', older.at(-1)!.when);
  database
    .prepare('INSERT INTO users VALUES (@id, @name, @email, NULL, @passwordHash, 0, 1)')
    .run({ ...account, createdAt: 0, isDemo: 0 });
  database.close();

  await shop.restart(productionSettings);
  assert.equal(shop.app.users.findByEmail(demoUser.email), undefined);
});

const read = (name: string) =>
  readFile(new URL(`../../../migrations/${name}`, import.meta.url), 'utf8');
