import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Redis } from 'ioredis';
import type { HTMLElement } from 'node-html-parser';
import { hashSessionId } from '../../src/store/sealing/sealed-sessions.ts';
import { Browser, formValues, newPerson, type Page } from '../support/browser.ts';
import { fieldMessages, trips, valueOf, words } from '../support/reading.ts';
import { openShop, SECRET, stores, type Shop } from '../support/shop.ts';
import { shopOfSuite } from '../support/suite-shop.ts';

const byTheSignIn = { redis_test: 'This is a session variable.' };

async function userOf(shop: Pick<Shop, 'app'>): Promise<Browser> {
  const browser = new Browser(shop);
  await browser.signUp(newPerson());
  return browser;
}

const set = (browser: Browser, key: string, value: string) =>
  browser.submit('/session', '/session/variables', { key, value });

/** Also where the page shows no such variable any more, as in a second tab. */
async function remove(browser: Browser, key: string): Promise<Page> {
  const { _csrf = '' } = formValues(await browser.get('/session'), '/session/variables');
  return browser.post('/session/variables/remove', { key, _csrf });
}

const cookieOf = (browser: Browser) => decodeURIComponent(browser.cookies.get('satchel-3000')!);

const idOf = (browser: Browser) => cookieOf(browser).split('.')[0]!;

/** The record in the store as the session page shows it. */
function sealedFields({ document }: Page) {
  const text = (field: HTMLElement, part: string) => field.querySelector(`${part} code`)!.text;
  return document.querySelectorAll('.sealed > li').map((field) => ({
    opened: text(field, '.opened'),
    name: text(field, '.field-name'),
    hex: field.querySelector('.hex')!.text,
  }));
}

/** The variables as the session page shows them. */
async function variables(browser: Browser): Promise<Record<string, string>> {
  const { document } = await browser.get('/session');
  return Object.fromEntries(
    document
      .querySelectorAll('.variables tbody tr')
      .map((row) => [row.querySelector('th')!.text, row.querySelector('td')!.text]),
  );
}

for (const store of stores) {
  suite(`session variables on ${store}`, () => {
    const shop = shopOfSuite(store);

    test('begin with the one of the article', async () => {
      assert.deepEqual(await variables(await userOf(shop)), byTheSignIn);
    });

    test('can be set, and set again', async () => {
      const browser = await userOf(shop);

      const answer = await set(browser, 'colour', 'green');
      assert.equal(answer.status, 303);
      assert.equal(answer.location, '/session');
      assert.match(words(await browser.follow(answer)), /colour is set\./);
      await set(browser, 'colour', 'red');
      assert.deepEqual(await variables(browser), { ...byTheSignIn, colour: 'red' });
    });

    test('are acknowledged on the page, which HEAD is not', async () => {
      const browser = await userOf(shop);
      await set(browser, 'colour', 'green');

      await browser.head('/session');
      assert.match(words(await browser.get('/session')), /colour is set\./);
    });

    test('can be removed', async () => {
      const browser = await userOf(shop);

      const answer = await remove(browser, 'redis_test');
      assert.match(words(await browser.follow(answer)), /redis_test is removed\./);
      assert.deepEqual(await variables(browser), {});
    });

    test("are each browser's own", async () => {
      const ada = newPerson();
      const laptop = new Browser(shop);
      const phone = new Browser(shop);
      await laptop.signUp(ada);
      await phone.signIn(ada);

      await set(laptop, 'colour', 'green');
      assert.deepEqual(await variables(phone), byTheSignIn);
    });

    test('set by two requests at once are both kept', async () => {
      const browser = await userOf(shop);
      const page = await browser.get('/session');
      const keys = Array.from({ length: 10 }, (_, i) => `key${i}`);

      await Promise.all(
        keys.map((key) => browser.send(page, '/session/variables', { key, value: key })),
      );
      const expected = Object.fromEntries(keys.map((key) => [key, key]));
      assert.deepEqual(await variables(browser), { ...byTheSignIn, ...expected });
    });

    for (const key of ['constructor', 'toString', 'cookie', 'save', 'destroy', 'memory', 'owner']) {
      test(`may be called ${key}, and that harms nothing`, async () => {
        const browser = await userOf(shop);

        assert.equal((await set(browser, key, 'mine')).status, 303);
        assert.deepEqual(await variables(browser), { ...byTheSignIn, [key]: 'mine' });
        await remove(browser, key);
        assert.deepEqual(await variables(browser), byTheSignIn);
        assert.equal(await browser.isSignedIn(), true);
      });
    }

    test('find room for 50', async () => {
      const browser = await userOf(shop);
      const page = await browser.get('/session');
      const keys = Array.from({ length: 49 }, (_, i) => `key${i}`);
      for (const key of keys) await browser.send(page, '/session/variables', { key, value: '' });

      const refused = await set(browser, 'oneMore', 'value');
      assert.equal(refused.status, 422);
      assert.match(fieldMessages(refused).key!, /up to 50 variables/);
      assert.equal((await set(browser, 'key7', 'changed')).status, 303);
      assert.equal(Object.keys(await variables(browser)).length, 50);
    });
  });
}

suite('a session variable', () => {
  const shop = shopOfSuite('sqlite');

  const keys = ['', ' ', '__proto__', '_private', '9lives', 'a b', 'a/b', 'ключ', 'k'.repeat(41)];
  for (const key of keys) {
    test(`is not called ${JSON.stringify(key)}: 422, and what was entered stays`, async () => {
      const browser = await userOf(shop);

      const page = await set(browser, key, 'a value');
      assert.equal(page.status, 422);
      assert.match(fieldMessages(page).key!, /Begin with a letter/);
      assert.equal(valueOf(page, 'value'), 'a value');
      assert.deepEqual(await variables(browser), byTheSignIn);
    });
  }

  test('holds 500 characters', async () => {
    const browser = await userOf(shop);
    const value = '\u{1F45C}'.repeat(500);

    assert.equal((await set(browser, 'long', value)).status, 303);
    assert.equal((await variables(browser)).long, value);
  });

  test('holds no more than that', async () => {
    const browser = await userOf(shop);

    const page = await set(browser, 'long', 'v'.repeat(501));
    assert.equal(page.status, 422);
    assert.match(fieldMessages(page).value!, /500 characters/);
  });

  for (const value of ['<script>alert(1)</script>', `"'><b>`, '<%= 7*7 %>', '&amp;', '%s %o']) {
    test(`shows ${value} as text`, async () => {
      const browser = await userOf(shop);
      await set(browser, 'text', value);

      assert.equal((await variables(browser)).text, value);
      const { document } = await browser.get('/session');
      assert.equal(document.querySelectorAll('.variables td script, .variables td b').length, 0);
    });
  }

  for (const key of ['nothing', 'toString', 'constructor']) {
    test(`that is not there (${key}) was gone already`, async () => {
      const browser = await userOf(shop);
      await remove(browser, 'redis_test');

      const page = await remove(browser, key);
      assert.ok(words(await browser.follow(page)).includes(`${key} was not set.`));
    });
  }
});

suite('get', () => {
  const shop = shopOfSuite('sqlite');
  const got = (page: Page) => page.document.querySelector('main [role="status"]')?.text.trim();

  test('answers what the server reads', async () => {
    const browser = await userOf(shop);
    await set(browser, 'colour', '<b>green</b>');

    await browser.get('/session');
    assert.equal(got(await browser.get('/session?get=colour')), 'The server reads <b>green</b>');
  });

  for (const key of ['nothing', 'toString', '__proto__', '']) {
    test(`of ${JSON.stringify(key)}, which is not there, answers nothing`, async () => {
      const browser = await userOf(shop);
      await browser.get('/');

      const answer = got(await browser.get(`/session?get=${key}`));
      assert.equal(
        answer,
        key ? 'The server reads nothing: Python says None, TypeScript undefined.' : undefined,
      );
    });
  }
});

suite('the session page', () => {
  const shop = shopOfSuite('redis');

  /** Signed in, and greeted already. */
  async function settled(): Promise<Browser> {
    const browser = await userOf(shop);
    await browser.get('/');
    return browser;
  }

  async function recordOf(browser: Browser): Promise<Record<string, Buffer>> {
    const client = new Redis(shop.redis!.url);
    const { ':owner': _owner, ...fields } = await client.hgetallBuffer(
      `session:${hashSessionId(idOf(browser))}`,
    );
    client.disconnect();
    return fields;
  }

  test('shows each sealed field as it stands in Redis', async () => {
    const browser = await settled();
    await set(browser, 'favourite', 'a very particular value');
    await browser.get('/session');

    const shown = sealedFields(await browser.get('/session'));
    const stored = Object.entries(await recordOf(browser));
    assert.deepEqual(
      new Map(shown.map(({ name, hex }) => [name, hex])),
      new Map(stored.map(([name, bytes]) => [name, bytes.toString('hex')])),
    );
    assert.ok(shown.some(({ opened }) => opened.includes('favourite = "a very particular value"')));
  });

  test('shows what is sealed as unreadable here, and readable with Flask-Session', async () => {
    const browser = await settled();
    await set(browser, 'favourite', 'a very particular value');
    const page = await browser.get('/session');

    const sealed = Buffer.from(
      sealedFields(page)
        .map(({ hex }) => hex)
        .join(''),
      'hex',
    );
    const flask = Buffer.from(page.document.querySelector('.readable .hex')!.text, 'hex');
    const text = page.document.querySelector('.readable')!.text;
    for (const word of ['favourite', 'a very particular value', 'This is a session variable.']) {
      assert.ok(!sealed.includes(word), `${word} can be read`);
      assert.ok(flask.includes(word), `${word} is not in the bytes`);
      assert.ok(text.includes(word), `${word} is not in the text`);
    }
  });

  test('shows the key in the store whole, the id and its signature in part', async () => {
    const browser = await settled();
    const [id, signature] = cookieOf(browser).split('.') as [string, string];

    const page = await browser.get('/session');
    assert.equal(page.document.querySelector('.session-key')!.text, `session:${hashSessionId(id)}`);
    assert.equal(
      page.document.querySelector('.cookie')!.text,
      `satchel-3000=${id.slice(0, 6)}….${signature.slice(0, 6)}…`,
    );
    assert.ok(!page.body.includes(id.slice(0, 7)));
    assert.ok(!page.body.includes(signature.slice(0, 7)));
  });

  test('shows the secret of the forms in part, not even as bytes in full', async () => {
    const browser = await settled();
    const loaded = await shop.app.store.sessions.load(idOf(browser));
    const secret = loaded!.fields.csrf as string;

    const { body } = await browser.get('/session');
    assert.ok(body.includes(secret.slice(0, 6)));
    assert.ok(!body.includes(secret.slice(0, 7)));
    assert.ok(!body.includes(Buffer.from(secret).toString('hex')));
  });

  test('says when the session ends by either clock', async () => {
    const browser = await settled();
    const loaded = await shop.app.store.sessions.load(idOf(browser), { inspection: true });
    const { began, idleEnd, absoluteEnd } = loaded!.inspection!;

    const page = await browser.get('/session');
    const times = page.document
      .querySelectorAll('main time')
      .map((time) => Date.parse(time.getAttribute('datetime')!));
    assert.deepEqual(times, [began, idleEnd, absoluteEnd]);
    assert.match(words(page), /if you do not come back\..* however often you come back\./);
  });

  test('says how long the browser keeps the cookie', async () => {
    const ada = newPerson();
    const browser = new Browser(shop);
    await browser.signUp(ada);
    assert.match(words(await browser.get('/session')), /Deleted when the browser closes/);

    const phone = new Browser(shop);
    await phone.signIn(ada, { remember: 'yes' });
    assert.match(words(await phone.get('/session')), /You stay signed in: it is kept until/);
  });

  test('finds room for 50 variables of the longest kind', async () => {
    const browser = await settled();
    const { _csrf = '' } = formValues(await browser.get('/session'), '/session/variables');
    for (let at = 10; at < 59; at += 1) {
      const fields = { key: 'k'.repeat(38) + at, value: '\u{1F45C}'.repeat(500), _csrf };
      assert.equal((await browser.post('/session/variables', fields)).status, 303);
    }

    await browser.get('/session');
    const shown = sealedFields(await browser.get('/session'));
    assert.equal(shown.length, Object.keys(await recordOf(browser)).length);
    assert.equal(shown.filter(({ opened }) => opened.startsWith('variables.')).length, 50);
  });
});

for (const store of stores) {
  test(`the session page lists its round trips to ${store}, as many as the header counts`, async () => {
    await using shop = await openShop(store);
    const browser = await userOf(shop);
    await browser.get('/');

    const page = await browser.get('/session');
    const commands = page.document
      .querySelectorAll('.commands tbody tr')
      .map((row) => row.querySelector('code')!.text);
    assert.deepEqual(commands, ['session-load']);
    assert.equal(trips(page), 1);
    assert.match(page.document.querySelector('.commands td')!.text, /^\d+\.\d\d ms$/);
  });
}

test('the session page marks what is sealed under an old secret, until it is sealed again', async () => {
  await using shop = await openShop('redis');
  const browser = await userOf(shop);
  await browser.get('/');
  await shop.restart({ SECRET_KEY: `another secret that is long enough,${SECRET}` });

  const first = await browser.get('/session');
  const all = sealedFields(first).length;
  assert.match(words(first), new RegExp(`${all} of ${all} was encrypted with an old secret`));
  assert.match(
    words(await browser.get('/session')),
    /Everything is encrypted with the current secret\./,
  );
});

test('session variables stand in Redis sealed, names and values', async () => {
  await using shop = await openShop('redis');
  const browser = await userOf(shop);
  await set(browser, 'favourite', 'a very particular value');
  const client = new Redis(shop.redis!.url);

  const [key] = (await client.keys('session:*')) as [string];
  const record = JSON.stringify(await client.hgetall(key));
  client.disconnect();
  assert.doesNotMatch(record, /favourite|particular|redis_test|session variable/);
});

test('session variables survive a restart of the shop', async () => {
  await using shop = await openShop('sqlite');
  const browser = await userOf(shop);
  await set(browser, 'colour', 'green');

  await shop.restart();
  assert.deepEqual(await variables(browser), { ...byTheSignIn, colour: 'green' });
});
