import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser, formValues, newPerson } from '../support/browser.ts';
import { listedRoutes } from '../support/routes.ts';
import { shopOfSuite } from '../support/suite-shop.ts';

suite('JSON that would change every object', () => {
  const shop = shopOfSuite('sqlite');
  const routes = listedRoutes.filter(({ method }) => method === 'POST');

  for (const changing of ['"__proto__":{"more":1}', '"constructor":{"prototype":{"more":1}}']) {
    test(`by ${changing} is refused by every route, whatever its schema says`, async () => {
      const user = new Browser(shop);
      await user.signUp(newPerson());
      const { _csrf } = formValues(await user.get('/'), '/logout');
      assert.ok(routes.length > 15);
      for (const { path } of routes) {
        const url = path.replace(/:\w+/, 'weekender');
        const page = await user.postJson(url, `{"_csrf":"${_csrf}",${changing}}`);
        assert.equal(page.status, 400, path);
      }
      assert.equal(await user.isSignedIn(), true);
      assert.equal(({} as { more?: number }).more, undefined);
    });
  }
});
