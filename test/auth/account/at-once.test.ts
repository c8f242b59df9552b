import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownerOf } from '../../../src/store/contract/owner.ts';
import { Browser, newPerson, type Page } from '../../support/browser.ts';
import { storedKeys, words } from '../../support/reading.ts';
import { openShop, stores, type Shop } from '../../support/shop.ts';

async function changePassword(browser: Browser, current: string, password: string): Promise<Page> {
  const fields = { current, password, confirm: password };
  return browser.submit('/account', '/account/password', fields);
}

const isDone = async (browser: Browser, answer: Page) =>
  /Your password is changed/.test(words(await browser.follow(answer)));

for (const store of stores) {
  test(`of two changes of a password at once on ${store}, one is made, and each device is told the truth`, async () => {
    await using shop = await openShop(store);
    for (let round = 0; round < 8; round += 1) {
      const ada = newPerson();
      const browsers = [new Browser(shop), new Browser(shop)];
      await browsers[0]!.signUp(ada);
      await browsers[1]!.signIn(ada);
      const wanted = ['the password of the first', 'the password of the second'];
      const answers = await Promise.all(
        browsers.map((browser, at) => changePassword(browser, ada.password, wanted[at]!)),
      );

      const done = await Promise.all(browsers.map((browser, at) => isDone(browser, answers[at]!)));
      assert.equal(done.filter(Boolean).length, 1, `round ${round}`);
      const winner = done.indexOf(true);
      const user = shop.app.users.findByEmail(ada.email)!;
      assert.equal(user.passwordVersion, 2);
      for (const [at, password] of wanted.entries()) {
        const answer = await new Browser(shop).signIn({ email: ada.email, password });
        assert.equal(answer.status, at === winner ? 303 : 422);
      }
      assert.equal(await browsers[winner]!.isSignedIn(), true);
      assert.equal(await browsers[1 - winner]!.isSignedIn(), false);
    }
  });

  test(`a change of the password that another device has overtaken on ${store} says so`, async () => {
    await using shop = await openShop(store);
    const ada = newPerson();
    const browser = new Browser(shop);
    await browser.signUp(ada);
    const { users } = shop.app;
    const { setPassword } = users;
    users.setPassword = async (id, hash, from) => {
      users.setPassword = setPassword;
      await setPassword(id, 'the hash of another device');
      return setPassword(id, hash, from);
    };

    const answer = await changePassword(browser, ada.password, 'a password that comes late');
    assert.equal(answer.status, 303);
    const page = await browser.follow(answer);
    assert.match(words(page), /changed on another device first, so this change was not made/);
    assert.equal(await browser.isSignedIn(), false);
    assert.equal(users.findByEmail(ada.email)!.passwordHash, 'the hash of another device');
  });

  const password = 'another three warm words';
  const changes: Record<string, (current: string) => Record<string, string>> = {
    '/account/password': (current) => ({ current, password, confirm: password }),
    '/account/email': (current) => ({ password: current, email: 'somewhere.else@example.com' }),
    '/account/profile': () => ({ name: 'Another Name' }),
  };
  for (const [action, fields] of Object.entries(changes)) {
    test(`${action} on ${store} tells the truth when the account is deleted meanwhile`, async () => {
      await using shop = await openShop(store);
      const ada = newPerson();
      const browser = new Browser(shop);
      await browser.signUp(ada);
      const user = shop.app.users.findByEmail(ada.email)!;
      const { users } = shop.app;
      const name = action === '/account/password' ? 'setPassword' : 'update';
      const change = users[name] as (...asked: unknown[]) => never;
      (users[name] as unknown) = async (...asked: unknown[]) => {
        await users.remove(user.id);
        return change(...asked);
      };

      const answer = await browser.submit('/account', action, fields(ada.password));
      assert.ok([303, 401].includes(answer.status), String(answer.status));
      assert.doesNotMatch(
        words(await browser.follow(answer)),
        /is changed|is saved|another account/i,
      );
      assert.equal(await browser.isSignedIn(), false);
    });
  }

  test(`a log-in that is under way while the account is deleted leaves nothing on ${store}`, async () => {
    await using shop = await openShop(store);
    for (let round = 0; round < 20; round += 1) {
      const ada = newPerson();
      const laptop = new Browser(shop);
      await laptop.signUp(ada);
      const user = shop.app.users.findByEmail(ada.email)!;
      const owner = ownerOf(user);
      const phone = new Browser(shop);
      await phone.add('weekender');
      const page = await phone.get('/login');
      const { email, password } = ada;

      const [deleted, loggedIn] = await Promise.all([
        laptop.submit('/account', '/account/delete', { password }),
        delayed(round, () => phone.send(page, '/login', { email, password })),
      ]);
      assert.equal(deleted.location, '/login?goodbye=1');
      assert.ok([303, 401, 422].includes(loggedIn.status));
      assert.equal(shop.app.users.find(user.id), undefined);
      assert.equal(await phone.isSignedIn(), false);
      assert.deepEqual(await traces(shop, owner), [], `round ${round}`);
    }
  });

  test(`a log-in that ends after the account was deleted leaves nothing on ${store}`, async () => {
    await using shop = await openShop(store);
    const ada = newPerson();
    const laptop = new Browser(shop);
    await laptop.signUp(ada);
    const owner = ownerOf(shop.app.users.findByEmail(ada.email)!);
    const phone = new Browser(shop);
    await phone.add('weekender');
    const { carts } = shop.app.store;
    const { merge } = carts;
    carts.merge = async (...asked) => {
      carts.merge = merge;
      const { password } = ada;
      await laptop.submit('/account', '/account/delete', { password });
      return merge(...asked);
    };

    assert.equal((await phone.signIn(ada)).status, 401);
    assert.equal(await phone.isSignedIn(), false);
    assert.deepEqual(await traces(shop, owner), []);
  });
}

/** Lets some turns of the event loop pass, so that the two requests meet at different places. */
async function delayed<T>(turns: number, work: () => Promise<T>): Promise<T> {
  for (let turn = 0; turn < turns * 2; turn += 1) await new Promise(setImmediate);
  return work();
}

/** What is stored about an owner. */
async function traces(shop: Shop, owner: ReturnType<typeof ownerOf>): Promise<unknown[]> {
  const { store } = shop.app;
  const { lines } = await store.carts.read(owner);
  const devices = await store.sessions.endOtherDevices(owner, '');
  const keys = shop.redis ? await storedKeys(shop.redis) : [];
  return [
    ...lines,
    ...(devices > 0 ? [devices] : []),
    ...keys.filter((key) => key.includes(owner)),
  ];
}
