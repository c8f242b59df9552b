import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { NodeType, type HTMLElement, type Node } from 'node-html-parser';
import { entries } from '../../src/gallery/entries.ts';
import type { Entry } from '../../src/gallery/entry.ts';
import { isolate } from '../../src/lib/text/isolate.ts';
import { Browser, newPerson, type Page } from '../support/browser.ts';
import { openShop } from '../support/shop.ts';

/** From its second letter on, this name and everything after it would be read from right to left. */
const NAME = 'Eve\u202Egnp.exe';
const ISOLATED = `\u2068${NAME}\u2069`;

/** Returns every place of a page that shows the name to a person, and does not keep its direction to itself. */
function leaks(page: Page): string[] {
  return leaksOf(page.document, false);
}

function leaksOf(node: Node, isIsolated: boolean): string[] {
  if (node.nodeType === NodeType.TEXT_NODE) {
    return isIsolated || !leaksIn(node.text) ? [] : [node.parentNode!.outerHTML];
  }
  const element = node as HTMLElement;
  // What is in a field has the direction of the field.
  const attributes = Object.entries(element.attributes ?? {}).filter(([name]) => name !== 'value');
  const inAttributes = attributes.filter(([, value]) => leaksIn(value)).map(String);
  const isBdi = element.rawTagName === 'bdi';
  return element.childNodes
    .flatMap((child) => leaksOf(child, isIsolated || isBdi))
    .concat(inAttributes);
}

const leaksIn = (text: string) => text.replaceAll(ISOLATED, '').includes('\u202E');

/** The data of a page in which a name, or a text of a user, may stand. */
interface Named {
  name?: string;
  user?: object;
  cart?: { lines: object[] };
  product?: object;
  products?: object[];
  query?: object;
  variables?: [key: string, value: string][];
}

const named = (thing: object) => ({ ...thing, name: NAME });

/** Returns an entry of the gallery in which the user, each product and each text of a user is this name. */
function withName({ view, data }: Entry): Entry {
  const { name, user, cart, product, products, query, variables } = data as Named;
  const changes = {
    ...(name && { name: NAME }),
    ...(user && { user: named(user) }),
    ...(cart && { cart: { ...cart, lines: cart.lines.map(named) }, variable: NAME }),
    ...(product && { product: named(product), title: NAME }),
    ...(products && { products: products.map(named) }),
    ...(query && { query: { ...query, q: NAME } }),
    ...(variables && { variables: [['key', NAME]], got: NAME }),
  };
  return { view, data: { ...data, ...changes } } as Entry;
}

suite('a name with a direction of its own', () => {
  test('keeps it to itself on every page of the gallery', async () => {
    await using shop = await openShop('sqlite');
    let shown = 0;
    for (const [name, entry] of Array.from(entries)) {
      entries.set('isolation', withName(entry));
      const page = await new Browser(shop).get('/gallery/isolation');
      assert.equal(page.status, 200, name);
      assert.deepEqual(leaks(page), [], name);
      shown += Number(page.body.includes('&#8238;'));
    }
    entries.delete('isolation');
    assert.ok(shown > 20, `${shown} pages show it`);
  });

  test('keeps it to itself in messages, titles and JSON, whoever stored it', async () => {
    await using shop = await openShop('sqlite');
    const [ada, phone] = [new Browser(shop), new Browser(shop)];
    const person = newPerson();
    await ada.signUp(person);
    const database = new Sqlite(`${shop.folder}/satchel.db`);
    database.prepare('UPDATE users SET name = ? WHERE email = ?').run(NAME, person.email);
    database.prepare('UPDATE products SET name = ?').run(NAME);
    database.close();
    await shop.restart();

    const made = await ada.submit('/transfer', '/transfer');
    const link = new URL(made.document.querySelector('code.long')!.text).pathname;
    await ada.add('weekender', 99);
    const capped = JSON.parse((await ada.get('/cart', { accept: 'application/json' })).body) as {
      notices: { message: string }[];
    };
    await ada.add('weekender', 99);
    const pages = ['/', '/account', '/cart', '/shop', '/shop/weekender', '/session', '/devices'];
    for (const path of pages) assert.deepEqual(leaks(await ada.get(path)), [], path);
    assert.deepEqual(leaks(await phone.get(link)), []);
    assert.ok((await phone.get(link)).body.includes('&#8238;'));
    for (const { message } of capped.notices) assert.ok(!leaksIn(message), message);
    await ada.submit('/cart', '/cart/lines/weekender', { quantity: '0' });
    const page = await ada.get('/cart');
    assert.match(page.document.querySelector('.undo')!.text, /removed/);
    assert.deepEqual(leaks(page), []);
  });

  test('keeps it to itself when the greeting says it', async () => {
    await using shop = await openShop('sqlite');
    const browser = new Browser(shop);

    await browser.signUp(newPerson('עדה'));
    const page = await browser.get('/');
    const notice = page.document.querySelector('.notice')!.text;
    assert.equal(notice, 'Welcome to Satchel, \u2068עדה\u2069.');
  });
});

suite('an isolate', () => {
  for (const name of [NAME, 'עדה', 'علی', 'A\u200Fb', '\u2067x']) {
    test(`is put around ${JSON.stringify(name)}`, () => {
      assert.match(isolate(name), /^\u2068[^\u2066-\u2069]+\u2069$/);
    });
  }

  test('cannot be ended by the name', () => {
    assert.equal(isolate('a\u2069\u202Eb'), '\u2068a\u202Eb\u2069');
  });

  for (const name of ['Ada', 'Zoë', 'Никита', '太郎', '🧳', '']) {
    test(`is not needed around ${JSON.stringify(name)}`, () => assert.equal(isolate(name), name));
  }
});
