import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openDatabase } from '../../src/database/open.ts';
import { createUsers } from '../../src/database/users.ts';
import { temporaryFolder } from '../support/folder.ts';

const ada = {
  name: 'Ada',
  email: 'ada@example.com',
  website: null,
  passwordHash: '$argon2id$',
};

suite('users', () => {
  test('are found by id and by address', async () => {
    await using folder = await temporaryFolder();
    const users = createUsers(openDatabase(folder.file('shop.db')));

    const { id } = (await users.add(ada))!;
    assert.equal(users.find(id)?.name, 'Ada');
    assert.equal(users.findByEmail('ADA@example.com ')?.id, id);
    assert.equal(users.find('nobody'), undefined);
    assert.equal(users.findByEmail('nobody@example.com'), undefined);
  });

  test('have ids that tell nothing about them', async () => {
    await using folder = await temporaryFolder();
    const users = createUsers(openDatabase(folder.file('shop.db')));

    assert.match((await users.add(ada))!.id, /^[\w-]{22}$/);
  });

  test('have an address each, whatever its case', async () => {
    await using folder = await temporaryFolder();
    const users = createUsers(openDatabase(folder.file('shop.db')));
    await users.add(ada);

    assert.equal(await users.add({ ...ada, name: 'Eve', email: 'Ada@Example.COM' }), null);
    assert.equal(users.findByEmail(ada.email)?.name, 'Ada');
  });

  test('are found by what contains the words of SQL only if it is their address', async () => {
    await using folder = await temporaryFolder();
    const users = createUsers(openDatabase(folder.file('shop.db')));
    await users.add(ada);

    for (const email of [
      "' OR 1=1 --",
      '%',
      '_',
      "ada@example.com' --",
      "'; DROP TABLE users; --",
    ]) {
      assert.equal(users.findByEmail(email), undefined);
    }
    assert.equal(users.findByEmail(ada.email)?.name, 'Ada');
  });

  test('keep their name as they wrote it', async () => {
    await using folder = await temporaryFolder();
    const users = createUsers(openDatabase(folder.file('shop.db')));
    const names = ['Zoë', '\u{1F45C}', "O'Hara", 'null', 'NaN', 'a\nb', 'ada\0lovelace'];

    for (const [i, name] of names.entries()) {
      const { id } = (await users.add({ ...ada, name, email: `${i}@example.com` }))!;
      assert.equal(users.find(id)?.name, name);
    }
  });
});
