import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser, formValues, newPerson } from './support/browser.ts';
import { json } from './support/reading.ts';
import { listedRoutes } from './support/routes.ts';
import { shopOfSuite } from './support/suite-shop.ts';

suite('every route that a form is sent to', () => {
  const shop = shopOfSuite('sqlite');
  const routes = listedRoutes
    .filter(({ method }) => method === 'POST')
    .map(({ path, config }) => ({
      address: path.replace(':slug', 'weekender').replaceAll(/:\w+/g, 'x'),
      fields: Object.keys(config.form?.fields ?? {}),
      isForGuests: config.access === 'guests',
    }));

  async function signedUp() {
    const browser = new Browser(shop);
    await browser.signUp(newPerson());
    const { _csrf = '' } = formValues(await browser.get('/'), '/logout');
    return { browser, _csrf };
  }

  test('there are many', () => assert.ok(routes.length >= 18));

  for (const { address, fields, isForGuests } of routes) {
    test(`${address} refuses what another site sends, of a guest and of a user`, async () => {
      const { browser, _csrf } = await signedUp();
      const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };

      assert.equal((await new Browser(shop).post(address, {}, headers)).status, 403);
      assert.equal((await browser.post(address, { _csrf }, headers)).status, 403);
      assert.equal(await browser.isSignedIn(), true);
    });

    test(`${address} refuses a user without the token of their session`, async () => {
      const { browser } = await signedUp();

      assert.equal((await browser.post(address)).status, 403);
      assert.equal((await browser.postJson(address, {})).status, 403);
      assert.equal(await browser.isSignedIn(), true);
    });

    if (fields.length === 0) continue;

    test(`${address} takes no other kind of value in any field, and no field more`, async () => {
      const { browser, _csrf } = await signedUp();
      const send = (body: object) =>
        isForGuests
          ? new Browser(shop).postJson(address, body)
          : browser.postJson(address, { ...body, _csrf });

      for (const name of fields) {
        for (const value of [{}, ['x'], true, null]) {
          const page = await send({ [name]: value });
          assert.equal(page.status, 422, `${name} ${JSON.stringify(value)}`);
          assert.ok(name in json<{ errors: object }>(page).errors, name);
        }
      }
      assert.equal((await send({ another: 'x' })).status, 400);
    });
  }
});
