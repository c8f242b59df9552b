import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { errorAnswers } from '../../src/http/error-answers.ts';
import { Browser, formValues, newPerson, type Page } from '../support/browser.ts';
import { json, words } from '../support/reading.ts';
import { listedRoutes } from '../support/routes.ts';
import { openShop } from '../support/shop.ts';
import { shopOfSuite } from '../support/suite-shop.ts';

const SECRET_WORDS = 'SQLITE_BUSY: /srv/satchel/satchel.db at line 7';

/** Nothing in an answer may help an attacker. */
function assertTellsNothing(page: Page, where?: string): void {
  const all = page.body + JSON.stringify(page.headers);
  assert.doesNotMatch(
    all,
    /SQLITE|satchel\.db|\/work\/|node_modules|\.ts:\d|\.eta|at async|Error:/,
    where,
  );
  assert.doesNotMatch(all, /fastify|FST_|x-powered-by|v?24\.\d+\.\d+/i, where);
}

suite('a page that is not there', () => {
  const shop = shopOfSuite('sqlite');

  test('is a 404 with a search box and a way on', async () => {
    const page = await new Browser(shop).get('/no-such-page');

    assert.equal(page.status, 404);
    assert.ok(words(page).includes(errorAnswers['not-found'].title));
    assert.ok(page.document.querySelector('main form[action="/shop"] input[name="q"]'));
    assertTellsNothing(page);
  });

  test('knows who is asking', async () => {
    const browser = new Browser(shop);
    await browser.signUp(newPerson());

    const page = await browser.get('/no-such-page');
    assert.ok(page.document.querySelector('header form[action="/logout"]'));
  });

  test('is problem details for JSON (RFC 9457)', async () => {
    const page = await new Browser(shop).get('/no-such-page', { accept: 'application/json' });
    const { requestId, ...problem } = json(page);

    assert.match(String(page.headers['content-type']), /^application\/problem\+json/);
    assert.match(String(requestId), /\S/);
    assert.deepEqual(problem, {
      type: 'about:blank',
      title: errorAnswers['not-found'].title,
      status: 404,
      detail: errorAnswers['not-found'].advice,
      code: 'not-found',
    });
  });

  test('repeats no markup of the address', async () => {
    const page = await new Browser(shop).get('/<script>alert(1)</script>');

    assert.equal(page.status, 404);
    assert.doesNotMatch(page.body, /<script>alert/);
  });

  const leftovers = [
    '/@vite/client',
    '/@fs/etc/passwd',
    '/@id/x',
    '/client/main.ts',
    '/src/app.ts',
    '/node_modules/eta/package.json',
    '/package.json',
    '/.env',
    '/.git/config',
    '/data/secret-key',
    '/assets/.vite/manifest.json',
    '/assets/../package.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/art/..%2f..%2fpackage.json',
    '/art/',
  ];
  for (const url of leftovers) {
    test(`is what ${url} is`, async () => {
      assert.equal((await new Browser(shop).get(url)).status, 404);
    });
  }
});

suite('an address that cannot be read', () => {
  const shop = shopOfSuite('sqlite');

  for (const url of ['/%', '/%E0%A4%A', '/shop/%FF', '/%c0%ae%c0%ae/']) {
    test(`${url} is a 400 page like every other, with the headers of every other`, async () => {
      const page = await new Browser(shop).get(url);

      assert.equal(page.status, 400);
      assert.match(String(page.headers['content-type']), /^text\/html/);
      assert.ok(page.headers['content-security-policy']);
      assertTellsNothing(page);
    });
  }

  test(`one that is very long is no error of ours`, async () => {
    const page = await new Browser(shop).get(`/shop/${'a'.repeat(5000)}`);

    assert.ok([404, 414].includes(page.status), `answered ${page.status}`);
    assertTellsNothing(page);
  });
});

suite('a method we do not know', () => {
  const shop = shopOfSuite('sqlite');

  for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const) {
    test(`${method} is a 405 that names those we do`, async () => {
      const answer = await shop.app.inject({
        method: method as 'PUT',
        url: '/cart',
        headers: { 'sec-fetch-site': 'same-origin', accept: 'text/html' },
      });

      assert.equal(answer.statusCode, 405);
      assert.equal(answer.headers.allow, 'GET, HEAD, POST');
    });
  }

  test('hidden in a header or a field is not followed', async () => {
    const page = await new Browser(shop).post(
      '/cart?_method=DELETE',
      { _method: 'DELETE' },
      { 'x-http-method-override': 'DELETE' },
    );

    assert.equal(page.status, 404);
  });

  test('HEAD answers what GET would, without the page', async () => {
    const answer = await shop.app.inject({ method: 'HEAD', url: '/shop' });

    assert.equal(answer.statusCode, 200);
    assert.equal(answer.body, '');
  });
});

/** All routes but the streams, which do not end, and the sign-out, after which nobody is signed in. */
const answering = listedRoutes.filter(({ path }) => !/events$|^\/logout$/.test(path));

suite('a fault of ours', () => {
  const faults: [where: string, url: string, method: 'search' | 'find'][] = [
    ['the shop', '/shop', 'search'],
    ['a product page', '/shop/weekender', 'find'],
  ];
  for (const [where, url, method] of faults) {
    test(`on ${where} tells the number of the request and nothing else`, async (t) => {
      await using shop = await openShop('sqlite');
      t.mock.method(shop.app.products, method, () => {
        throw new Error(SECRET_WORDS);
      });

      const page = await new Browser(shop).get(url);
      assert.equal(page.status, 500);
      assert.ok(words(page).includes(errorAnswers.internal.title));
      assert.match(page.document.querySelector('main code')!.text, /\S/);
      assertTellsNothing(page);
    });
  }

  test('is problem details for JSON, with the number of the request', async (t) => {
    await using shop = await openShop('sqlite');
    t.mock.method(shop.app.products, 'search', () => {
      throw new Error(SECRET_WORDS);
    });

    const page = await new Browser(shop).get('/shop', { accept: 'application/json' });
    assert.equal(page.status, 500);
    assert.equal(json(page).code, 'internal');
    assert.match(String(json(page).requestId), /\S/);
    assertTellsNothing(page);
  });

  test('tells nothing on any route, whatever has failed behind it', async (t) => {
    await using shop = await openShop('sqlite');
    const { products, users, store } = shop.app;
    const parts = { products, users, ...store } as Record<string, object>;
    let failed = 0;
    for (const [name, part] of Object.entries(parts).filter(([, it]) => typeof it === 'object')) {
      const user = new Browser(shop);
      await user.signUp(newPerson());
      const { _csrf = '' } = formValues(await user.get('/'), '/logout');
      for (const method of Object.keys(part)) {
        t.mock.method(part as Record<string, () => never>, method, () => {
          throw new Error(SECRET_WORDS);
        });
      }
      for (const { method, path } of answering) {
        const url = path.replace(/:\w+/, 'weekender');
        for (const browser of [user, new Browser(shop)]) {
          for (const accept of ['text/html', 'application/json']) {
            const page = await (method === 'GET'
              ? browser.get(url, { accept })
              : browser.post(url, { _csrf }, { accept }));
            if (page.status < 500) continue;
            assertTellsNothing(page, `${method} ${path} without ${name}`);
            failed += 1;
          }
        }
      }
      t.mock.restoreAll();
    }
    assert.ok(failed > 100, `${failed}`);
  });

  test('at sign-in leaves no session behind', async (t) => {
    await using shop = await openShop('sqlite');
    const ada = newPerson();
    await new Browser(shop).signUp(ada);
    t.mock.method(shop.app.users, 'findByEmail', () => {
      throw new Error(SECRET_WORDS);
    });

    const phone = new Browser(shop);
    const page = await phone.signIn(ada);
    assert.equal(page.status, 500);
    assert.equal(phone.cookies.size, 0);
    assertTellsNothing(page);
  });

  test('in the database does not sign anybody out', async (t) => {
    await using shop = await openShop('sqlite');
    const browser = new Browser(shop);
    await browser.signUp(newPerson());
    const fault = t.mock.method(shop.app.users, 'find', () => {
      throw new Error(SECRET_WORDS);
    });

    assert.equal((await browser.get('/')).status, 500);
    fault.mock.restore();
    assert.equal(await browser.isSignedIn(), true);
  });

  test('in a page itself still answers', async () => {
    await using shop = await openShop('sqlite');
    // The layout asks for it on every page, the error page included.
    Object.defineProperty(shop.app.assets, 'styles', {
      get() {
        throw new Error(SECRET_WORDS);
      },
    });

    const page = await new Browser(shop).get('/shop');
    assert.equal(page.status, 500);
    assert.match(page.body, /^Internal Server Error\. Request \S+\n$/);
    assert.match(String(page.headers['content-type']), /^text\/plain/);
    assertTellsNothing(page);
  });

  test('that looks like one of the request leaves its cause in the log', async (t) => {
    await using shop = await openShop('sqlite');
    const fault = Object.assign(new Error(SECRET_WORDS), {
      statusCode: 404,
      code: 'LIBRARY_FAULT',
    });
    t.mock.method(shop.app.products, 'search', () => {
      throw fault;
    });
    const info = t.mock.method(shop.app.log, 'info');
    const warn = t.mock.method(shop.app.log, 'warn');

    const page = await new Browser(shop).get('/shop');
    assert.equal(page.status, 400);
    assertTellsNothing(page);
    const [audited] = warn.mock.calls[0]!.arguments as unknown[] as Record<string, unknown>[];
    assert.deepEqual(
      [audited!.event, audited!.code, audited!.fault],
      ['input_validation_fail', 'bad-request', 'LIBRARY_FAULT'],
    );
    const causes = info.mock.calls.map(({ arguments: [line] }) => line as { err?: unknown });
    assert.ok(causes.some(({ err }) => err === fault));
  });

  test('that is thrown as something strange still answers', async (t) => {
    await using shop = await openShop('sqlite');
    for (const thrown of [null, undefined, 'text', { statusCode: 200 }, { statusCode: 'x' }]) {
      const fault = t.mock.method(shop.app.products, 'search', () => {
        throw thrown;
      });

      const page = await new Browser(shop).get('/shop');
      assert.equal(page.status, 500, `for ${JSON.stringify(thrown)}`);
      assertTellsNothing(page);
      fault.mock.restore();
    }
  });
});

suite('an error page', () => {
  const shop = shopOfSuite('sqlite');

  test('is never kept by a cache', async () => {
    for (const accept of ['text/html', 'application/json']) {
      const page = await new Browser(shop).get('/no-such-page', { accept });

      assert.equal(page.headers['cache-control'], 'no-store');
    }
  });

  for (const accept of ['', '*/*', 'text/html,application/json', 'application/jsonx;q=']) {
    test(`answers Accept: ${accept || '(nothing)'}`, async () => {
      assert.equal((await new Browser(shop).get('/no-such-page', { accept })).status, 404);
    });
  }

  test('for 422 in JSON names the fields', async () => {
    const page = await new Browser(shop).postJson('/cart/lines', {});

    assert.equal(page.status, 422);
    assert.ok(Object.keys(json<{ errors: object }>(page).errors).length > 0);
  });
});
