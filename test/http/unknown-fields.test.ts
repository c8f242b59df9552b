import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Browser, newPerson } from '../support/browser.ts';
import { listedRoutes } from '../support/routes.ts';
import { shopOfSuite } from '../support/suite-shop.ts';

/** What an extension of a browser, or a firewall, adds to every form of a page. */
const added = { fw_token: 'added-by-a-firewall', __proto__x: 'added-by-a-firewall' };

suite('a form with a field that somebody else has added', () => {
  const shop = shopOfSuite('sqlite');
  const forms = listedRoutes.filter(({ method, config }) => method === 'POST' && config.form);

  test('there are forms', () => assert.ok(forms.length > 9));

  for (const { path, config } of forms) {
    const address = path.replaceAll(/:\w+/g, 'weekender');
    const nothing = Object.fromEntries(Object.keys(config.form!.fields).map((name) => [name, '']));

    test(`${path} answers as without it, and repeats nothing of it`, async () => {
      const send = async (fields: Record<string, string>) => {
        const browser = new Browser(shop);
        if (config.access === 'users') await browser.signUp(newPerson());
        const token = config.access === 'users' ? await tokenOf(browser) : {};
        return browser.post(address, { ...nothing, ...token, ...fields });
      };
      const [page, expected] = [await send(added), await send({})];
      assert.equal(page.status, expected.status);
      assert.notEqual(page.status, 400);
      assert.doesNotMatch(page.body, /fw_token|added-by-a-firewall/);
    });

    test(`${path} comes back without it when the form has expired`, async () => {
      const browser = new Browser(shop);
      await browser.signUp(newPerson());
      const page = await browser.post(address, { ...nothing, ...added, _csrf: 'dead' });
      assert.equal(page.status, 403);
      assert.doesNotMatch(page.body, /fw_token|added-by-a-firewall/);
    });
  }

  test('does what it asks for', async () => {
    const browser = new Browser(shop);
    const ada = newPerson();
    assert.equal(
      (await browser.submit('/signup', '/signup', { ...ada, confirm: ada.password, ...added }))
        .status,
      303,
    );
    const page = await browser.submit('/session', '/session/variables', {
      key: 'note',
      value: 'one',
      ...added,
    });
    assert.equal(page.status, 303);
    const { body } = await browser.get('/session');
    assert.match(body, /note/);
    assert.doesNotMatch(body, /fw_token/);
  });

  async function tokenOf(browser: Browser): Promise<{ _csrf: string }> {
    const { document } = await browser.get('/account');
    const input = document.querySelector('input[name="_csrf"]');
    return { _csrf: input!.getAttribute('value')! };
  }
});
