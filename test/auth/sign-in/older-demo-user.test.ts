import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { demoUser } from '../../../src/auth/sign-in/demo-user.ts';
import { productionSettings } from '../../support/production.ts';
import { openShop } from '../../support/shop.ts';

/** The migrations of the release that did not mark the demo user. */
const OLDER = new Set(['0000_users-and-products', '0001_password-version']);

test('the demo user of an older release, which did not mark it, is removed', async () => {
  await using shop = await openShop('sqlite');
  const account = shop.app.users.findByEmail(demoUser.email)!;
  await shop.app.close();
  await rm(`${shop.folder}/satchel.db`);
  const database = new Sqlite(`${shop.folder}/satchel.db`);
  const { entries } = JSON.parse(await read('meta/_journal.json')) as {
    entries: { tag: string; when: number }[];
  };
  const older = entries.filter(({ tag }) => OLDER.has(tag));
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
