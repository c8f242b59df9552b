import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPasswords, theShop } from '../../../src/auth/password/passwords.ts';
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
  const passwordHash = await createPasswords().hash(demoUser.password, theShop);
  const { name, email } = demoUser;
  const { id } = shop.app.users.add({ name, email, website: null, passwordHash })!;

  await shop.restart();
  assert.equal(shop.app.users.findByEmail(email)?.id, id);
});
