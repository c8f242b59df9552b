import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPasswords, theShop } from '../../../src/auth/password/passwords.ts';
import { demoUser } from '../../../src/auth/sign-in/demo-user.ts';
import { Browser, newPerson } from '../../support/browser.ts';
import { productionSettings, throughProxy } from '../../support/production.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { startServer } from '../../support/server-process.ts';
import { openShop, SECRET } from '../../support/shop.ts';

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
  const passwordHash = await createPasswords().hash(demoUser.password, theShop);
  const { name, email } = demoUser;
  const { id } = (await shop.app.users.add({ name, email, website: null, passwordHash }))!;

  await shop.restart();
  assert.equal(shop.app.users.findByEmail(email)?.id, id);
});

for (const PUBLIC_URL of ['http://localhost:3902', 'http://127.0.0.1:3000', undefined]) {
  test(`a shop in production whose PUBLIC_URL is ${PUBLIC_URL} has the demo user`, async () => {
    await using shop = await openShop('sqlite', { NODE_ENV: 'production', PUBLIC_URL });
    const { host } = new URL(PUBLIC_URL ?? 'http://localhost:3000');
    const answer = await new Browser(shop, { host }).signIn(demoUser);
    assert.equal(answer.status, 303);
  });
}

test('a start in production on this machine says how to sign in, and a public one does not', async () => {
  await using folder = await temporaryFolder();
  const settings = {
    NODE_ENV: 'production',
    SECRET_KEY: SECRET,
    DATA_DIR: folder.file('data'),
    PORT: '0',
  };
  await using onThisMachine = await startServer(settings);
  const line = await onThisMachine.logged(/demo_user/);
  assert.match(line, new RegExp(`${demoUser.email} and the password “${demoUser.password}”`));
  await onThisMachine.kill();

  await using open = await startServer({ ...settings, ...productionSettings });
  assert.ok(!open.log().some((each) => each.includes(demoUser.email)));
});
