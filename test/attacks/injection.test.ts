import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { suite, test } from 'node:test';
import Database from 'better-sqlite3';
import type { HTMLElement } from 'node-html-parser';
import { Browser, newPerson, type Page } from '../support/browser.ts';
import { startedShop } from './started-shop.ts';
import { logs, markup, queries, templates } from './payloads.ts';

const texts = [...markup, ...templates, ...queries];

suite('what somebody enters', () => {
  const shop = startedShop();

  test('as a name is shown as text, and adds nothing to the page', async (t) => {
    const plain = new Browser(shop);
    await plain.signUp(newPerson('Plain Name'));
    await plain.get('/');
    const expected = shape(await plain.get('/'));
    let shown = 0;
    for (const text of texts) {
      const browser = new Browser(shop);
      const page = await browser.signUp(newPerson(text.slice(0, 80)));
      assert.match(String(page.status), /^(303|422)$/, text);
      if (page.status === 422) continue;
      await browser.get('/');
      const dashboard = await browser.get('/');
      assert.equal(shape(dashboard), expected, text);
      assert.doesNotMatch(dashboard.document.querySelector('h1')!.text, /\b49\b|root:/);
      shown += 1;
    }
    assert.equal(existsSync('/tmp/pwned'), false);
    t.diagnostic(`${shown} names shown, ${texts.length - shown} refused with words`);
  });

  test('as a session variable is shown as text', async () => {
    const browser = new Browser(shop);
    await browser.signUp(newPerson());
    const set = async (value: string) => {
      await browser.submit('/session', '/session/variables', { key: 'note', value });
      await browser.get('/session');
      return browser.get('/session');
    };
    const expected = shape(await set('plain'));
    for (const text of texts) {
      const page = await set(text);
      assert.equal(page.status, 200);
      assert.equal(shape(page), expected, text);
    }
  });

  test('as a name of a session variable never reaches what the session is made of', async () => {
    const browser = new Browser(shop);
    await browser.signUp(newPerson());
    for (const key of [
      '__proto__',
      'constructor',
      'prototype',
      'cookie',
      'save',
      'destroy',
      'toJSON',
      'user',
      'owner',
      'passport',
    ]) {
      const page = await browser.submit('/session', '/session/variables', { key, value: 'x' });
      assert.match(String(page.status), /^(303|422)$/, key);
      assert.equal(await browser.isSignedIn(), true, key);
    }
    assert.ok(shop.isRunning());
  });

  test('as the name of a browser is shown as text among the devices', async () => {
    const plain = new Browser(shop, { 'user-agent': 'Plain/1.0' });
    await plain.signUp(newPerson('Plain Name'));
    await plain.get('/');
    const expected = shape(await plain.get('/'));
    for (const text of texts.filter((text) => /^[\x20-\x7e]+$/.test(text))) {
      const browser = new Browser(shop, { 'user-agent': text });
      await browser.signUp(newPerson('Plain Name'));
      await browser.get('/');
      assert.equal(shape(await browser.get('/')), expected, text);
    }
  });

  test('in the search is looked for literally', async () => {
    const browser = new Browser(shop);
    const search = (q: string) => browser.get(`/shop?${new URLSearchParams({ q }).toString()}`);
    const expected = shape(await search('nothing is called so'));
    for (const text of [...texts, '%', '_', '(a+)+$']) {
      const page = await search(text);
      assert.equal(page.status, 200, text);
      assert.equal(shape(page), expected, text);
    }
    for (const parameter of ['sort', 'category', 'page']) {
      for (const text of queries) {
        const page = await browser.get(`/shop?${parameter}=${encodeURIComponent(text)}`);
        assert.equal(shape(page), shape(await browser.get('/shop')), text);
      }
    }
  });

  test('in the address reaches no setting of the templates', async () => {
    const browser = new Browser(shop);
    const expected = shape(await browser.get('/shop'));
    for (const name of [
      'settings[view options][client]',
      '__blocks',
      'body',
      'layout',
      'title',
      'assets',
    ]) {
      assert.equal(shape(await browser.get(`/shop?${encodeURIComponent(name)}=x`)), expected, name);
    }
  });

  test('in an e-mail address signs nobody in', async () => {
    for (const text of queries) {
      const page = await new Browser(shop).signIn({ email: text, password: text.padEnd(15, '-') });
      assert.match(String(page.status), /^(422|429)$/, text);
    }
  });

  test('in any field is no part of a query: the tables stay as they were', async (t) => {
    const database = new Database(`${shop.folder}/satchel.db`, { readonly: true });
    const count = () =>
      ['sqlite_master', 'products', 'users'].map((table) =>
        Number(database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()),
      );
    const before = count();
    let accounts = 0;
    for (const text of queries) {
      const browser = new Browser(shop);
      await browser.post('/cart/lines', { product: text, quantity: text, change: text });
      await browser.post(`/cart/lines/${encodeURIComponent(text)}`, {
        quantity: '1',
        change: text,
      });
      const person = { name: text, email: newPerson().email, password: 'three warm words here' };
      if ((await browser.signUp(person)).status === 303) accounts += 1;
      await browser.submit('/account', '/account/profile', { name: text, website: text });
      await browser.submit('/account', '/account/email', {
        email: text,
        password: person.password,
      });
      await browser.submit('/session', '/session/variables', { key: 'a', value: text });
    }
    const [tables, products, users] = before;
    assert.deepEqual(count(), [tables, products, users! + accounts]);
    database.close();
    t.diagnostic(`tables, products, users before: ${before.join(', ')}; ${accounts} signed up`);
  });

  test('ends in the log as one line each, without a control character', async () => {
    const browser = new Browser(shop);
    for (const text of logs) {
      await browser.get(`/shop/${encodeURIComponent(text)}`);
      await browser.signIn({ email: text, password: text });
      await browser.post('/login', {}, { origin: encodeURIComponent(text), 'sec-fetch-site': '' });
    }
    for (const line of shop.log()) {
      // What somebody entered is no part of a message: there a logger would read it as a format.
      assert.doesNotMatch((JSON.parse(line) as { msg: string }).msg, /forged|title|%s|\[2J/);
      // oxlint-disable-next-line no-control-regex
      assert.doesNotMatch(line, /[\u0000-\u001f\u007f]/);
      assert.doesNotMatch(line, /"msg":"forged"/);
    }
  });
});

/** The elements of a page and their attributes' names, without what is written in them. */
function shape(page: Page): string {
  const describe = (element: HTMLElement): string => {
    const names = Object.keys(element.attributes).sort().join(' ');
    const children = element.children.map((child) => describe(child)).join('');
    return `<${element.rawTagName} ${names}>${children}`;
  };
  return describe(page.document);
}
