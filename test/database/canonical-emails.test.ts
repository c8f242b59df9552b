import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalizeEmails } from '../../src/database/canonical-emails.ts';
import { openDatabase } from '../../src/database/open.ts';
import { users } from '../../src/database/schema.ts';
import { createUsers } from '../../src/database/users.ts';
import { temporaryFolder } from '../support/folder.ts';

/** Opens a database with accounts as an older release stored them, the oldest first. Their ids are their addresses. */
async function databaseOf(...emails: string[]) {
  const folder = await temporaryFolder();
  const database = openDatabase(folder.file('shop.db'));
  for (const [i, email] of emails.entries()) {
    const row = { id: email, name: 'Ada', email, website: null, passwordHash: '' };
    database
      .insert(users)
      .values({ ...row, createdAt: new Date(i) })
      .run();
  }
  return {
    database,
    users: createUsers(database),
    emails: () =>
      database
        .select()
        .from(users)
        .all()
        .map(({ email }) => email),
    [Symbol.asyncDispose]: async () => {
      database.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test('addresses of an older release get the form in which they are found now', async () => {
  const old = [
    'jo@bücher.example',
    'ada@shop.example.',
    'eve@shop.example\u200B',
    'zoë@shop.example',
  ];
  await using shop = await databaseOf(...old);

  assert.deepEqual(await canonicalizeEmails(shop.database), []);
  assert.deepEqual(shop.emails(), [
    'jo@xn--bcher-kva.example',
    'ada@shop.example',
    'eve@shop.example',
    'zoë@shop.example',
  ]);
  for (const email of old) assert.equal(shop.users.findByEmail(email)?.id, email);
  assert.equal(shop.users.findByEmail('jo@xn--bcher-kva.example')?.id, old[0]);
});

test('of two accounts with one address none is lost: the older one has it, and each is found as it was', async () => {
  const [first, second, third] = [
    'jo@bücher.example',
    'jo@bücher.example.',
    'jo@xn--bcher-kva.example',
  ];
  await using shop = await databaseOf(first, second);

  assert.deepEqual(await canonicalizeEmails(shop.database), [second]);
  assert.equal(shop.users.findByEmail(third)?.id, first);
  assert.equal(shop.users.findByEmail(first)?.id, first);
  assert.equal(shop.users.findByEmail(second)?.id, second);
  // The next start finds the same.
  assert.deepEqual(await canonicalizeEmails(shop.database), [second]);
});

test('an address that is already in its new form stays with its account', async () => {
  const [older, newer] = ['jo@bücher.example', 'jo@xn--bcher-kva.example'];
  await using shop = await databaseOf(older, newer);

  assert.deepEqual(await canonicalizeEmails(shop.database), [older]);
  assert.equal(shop.users.findByEmail(older)?.id, older);
  assert.equal(shop.users.findByEmail(newer)?.id, newer);
});

test('a clash ends when one of the two gets another address', async () => {
  const [older, newer] = ['jo@bücher.example', 'jo@xn--bcher-kva.example'];
  await using shop = await databaseOf(older, newer);
  await canonicalizeEmails(shop.database);

  assert.equal(await shop.users.update(newer, { email: 'jo@shop.example' }), true);
  assert.deepEqual(await canonicalizeEmails(shop.database), []);
  assert.equal(shop.users.findByEmail(newer)?.id, older);
});
