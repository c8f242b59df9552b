import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import Fastify from 'fastify';
import formAddresses from '../../src/http/form-addresses.ts';
import routeList, { setAccess } from '../../src/http/route-list.ts';
import { Browser, newPerson } from '../support/browser.ts';
import { listedRoutes } from '../support/routes.ts';
import { shopOfSuite } from '../support/suite-shop.ts';

const forms = listedRoutes.filter(({ method }) => method === 'POST');
/** A form stands on the page of the same address, or on another one. */
const onOtherPages = forms.filter(({ config }) => config.offeredOn);

const addressOf = (path: string) =>
  path.replace(':id', 'a'.repeat(64)).replace(':slug', 'weekender');

suite('the address of a form', () => {
  const shop = shopOfSuite('sqlite');

  test('there are forms, and most stand on a page with another address', () => {
    assert.ok(forms.length >= 18);
    assert.ok(onOtherPages.length >= 12);
  });

  for (const { path, config } of onOtherPages) {
    test(`${path} leads to the page with the form`, async () => {
      const user = new Browser(shop);
      await user.signUp(newPerson());
      for (const answer of [await user.get(addressOf(path)), await user.head(addressOf(path))]) {
        assert.equal(answer.status, 303);
        assert.equal(answer.location, config.offeredOn);
      }
      const page = await user.get(config.offeredOn!);
      assert.equal(page.status, 200);
    });
  }

  for (const { path } of forms) {
    test(`${path} is never unknown to a guest or a user`, async () => {
      const user = new Browser(shop);
      await user.signUp(newPerson());
      const known = path.includes(':token') ? [410] : [200, 303];
      for (const browser of [user, new Browser(shop)]) {
        for (const answer of [
          await browser.get(addressOf(path)),
          await browser.head(addressOf(path)),
        ]) {
          assert.ok(known.includes(answer.status), `${path}: ${answer.status}`);
        }
      }
    });
  }

  test('a guest who opened one comes to the page with the form after the sign-in', async () => {
    const ada = newPerson();
    await new Browser(shop).signUp(ada);
    const guest = new Browser(shop);
    const asked = await guest.get('/account/password');
    assert.equal(asked.location, '/login?next=%2Faccount%2Fpassword');
    const { email, password } = ada;
    const answer = await guest.submit(asked.location, '/login', { email, password });
    assert.equal(answer.location, '/account/password');
    assert.equal((await guest.follow(answer)).location, '/account');
  });
});

test('an app with a form that no page offers does not start', async () => {
  const app = Fastify();
  await app.register(routeList);
  await app.register(formAddresses);
  setAccess(app, { access: 'everyone' });
  app.post('/lost', async () => 'done');
  await assert.rejects(async () => app.ready(), /POST \/lost does not say which page offers it/);
});
