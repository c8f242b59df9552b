import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { hash } from '@node-rs/argon2';
import { createApp } from '../../../src/app.ts';
import { readConfig } from '../../../src/settings/config.ts';
import { createHashWorkers } from '../../../src/auth/password/hash-workers.ts';
import { createPasswords, theShop } from '../../../src/auth/password/passwords.ts';
import { Problem } from '../../../src/lib/problem.ts';
import { Browser, newPerson } from '../../support/browser.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { productionSettings } from '../../support/production.ts';
import { openShop, SECRET } from '../../support/shop.ts';

suite('passwords', () => {
  test('are kept as argon2id, at no less than OWASP asks for', async () => {
    const hash = await createPasswords().hash('three warm words here', theShop);

    assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test('of two people who choose the same are kept differently', async () => {
    const passwords = createPasswords();

    assert.notEqual(
      await passwords.hash('three warm words here', theShop),
      await passwords.hash('three warm words here', theShop),
    );
  });

  test('of an account that does not exist are never right', async () => {
    assert.equal(
      await createPasswords().verify(undefined, 'three warm words here', theShop),
      false,
    );
  });

  test('are checked 50 in line, and the next hears at once that we are busy', async () => {
    const passwords = createPasswords();
    const hashing = 2;

    const tries = Array.from({ length: hashing + 50 + 1 }, () =>
      passwords.hash('three warm words', theShop),
    );
    const outcomes = await Promise.allSettled(tries);
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    assert.equal(refused.length, 1);
    const { reason } = outcomes.at(-1) as PromiseRejectedResult;
    assert.ok(reason instanceof Problem && reason.code === 'busy');
    assert.equal(reason.retryAfter, 2);
  });

  test('are checked again once the line is gone', async () => {
    const passwords = createPasswords();

    await Promise.allSettled(
      Array.from({ length: 60 }, () => passwords.hash('three warm words', theShop)),
    );
    const hash = await passwords.hash('three warm words here', theShop);
    assert.equal(await passwords.verify(hash, 'three warm words here', theShop), true);
  });
});

suite('the threads that hash', () => {
  test('are replaced when they die, and only the hash that they were at is lost', async () => {
    const threads: Worker[] = [];
    const noteThread = (thread: Worker) => void threads.push(thread);
    process.on('worker', noteThread);
    const workers = createHashWorkers(1);
    const job = { kind: 'hash', password: 'three warm words', cost: {} } as const;
    assert.match(String(await workers.run(job)), /^\$argon2id\$/);

    const doomed = workers.run(job);
    await Promise.all([assert.rejects(doomed), threads[0]!.terminate()]);
    assert.match(String(await workers.run(job)), /^\$argon2id\$/);
    assert.equal(threads.length, 2);
    await workers.close();
    process.off('worker', noteThread);
  });

  test('survive a hash that is none', async () => {
    const workers = createHashWorkers(1);
    const job = { kind: 'verify', password: 'three warm words', passwordHash: 'none' } as const;

    await assert.rejects(workers.run(job));
    await assert.rejects(workers.run(job));
    await workers.close();
  });
});

suite('a password hashed at another cost', () => {
  test('is hashed again at the next log-in, and signs in before and after', async () => {
    await using shop = await openShop('sqlite', {}, { weakPasswordHashes: false });
    const ada = newPerson();
    const cheap = await hash(ada.password, { memoryCost: 8192, timeCost: 1 });
    await shop.app.users.add({ ...ada, website: null, passwordHash: cheap });
    const stored = () => shop.app.users.findByEmail(ada.email)!.passwordHash;

    assert.equal((await new Browser(shop).signIn(ada)).status, 303);
    const renewed = stored();
    assert.match(renewed, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.equal((await new Browser(shop).signIn(ada)).status, 303);
    assert.equal(stored(), renewed);
  });

  test('stays as it is when the password was wrong', async () => {
    await using shop = await openShop('sqlite', {}, { weakPasswordHashes: false });
    const ada = newPerson();
    const cheap = await hash('another password of hers', { memoryCost: 8192, timeCost: 1 });
    await shop.app.users.add({ ...ada, website: null, passwordHash: cheap });

    await new Browser(shop).signIn(ada);
    assert.equal(shop.app.users.findByEmail(ada.email)!.passwordHash, cheap);
  });
});

test('in production no password is hashed at the cost of tests', async () => {
  await using folder = await temporaryFolder();
  const config = readConfig({
    ...productionSettings,
    SECRET_KEY: SECRET,
    DATA_DIR: folder.file('data'),
  });
  await assert.rejects(createApp(config, { weakPasswordHashes: true }), /In production/);
});
