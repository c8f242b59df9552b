import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { safeReturnTo } from '../../../src/auth/sign-in/return-to.ts';
import { Browser, newPerson } from '../../support/browser.ts';
import { valueOf } from '../../support/reading.ts';
import { shopOfSuite } from '../../support/suite-shop.ts';

const ORIGIN = 'https://shop.example';

const traps = [
  '//evil.example',
  '///evil.example',
  '////evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '\\/evil.example',
  '/\\/evil.example',
  '//\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r\n/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '/ /evil.example/..//evil.example',
  '/..//evil.example',
  '/.//evil.example',
  '/./\\evil.example',
  '/a/..//evil.example',
  '/a/../..//evil.example',
  '/%2e%2e//evil.example',
  '/%2E//evil.example',
  '/%2f%2fevil.example',
  '/%5cevil.example',
  '/%09/evil.example',
  'https:evil.example',
  'https:/evil.example',
  'https://evil.example',
  'HTTPS://evil.example',
  'http://shop.example@evil.example',
  '//shop.example@evil.example',
  '//evil.example\\@shop.example',
  '//evil.example#@shop.example',
  '//[::1]',
  '//0x7f000001',
  '//evil%E3%80%82example',
  '//ⓔvil.example',
  '//',
  '///',
  '/\\',
  'javascript:alert(1)',
  'java\tscript:alert(1)',
  'JaVaScRiPt:alert(1)',
  '\u0001javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  'blob:https://evil.example/1',
  '/\r\nLocation: https://evil.example',
  '/%0d%0aLocation:%20https://evil.example',
  '/\0/evil.example',
  '/\ud800',
  '/\u2028/evil.example',
  '?next=//evil.example',
  '#//evil.example',
  'evil.example',
  './/evil.example',
  '..//evil.example',
  '',
  ' ',
];

suite('where to go after sign-in', () => {
  for (const trap of traps) {
    test(`${JSON.stringify(trap)} stays here`, () => {
      const path = safeReturnTo(trap);

      // As a browser reads a Location header.
      assert.equal(new URL(path, ORIGIN).origin, ORIGIN);
      assert.match(path, /^\/(?![/\\])/);
      assert.match(path, /^[\x21-\x7e]*$/);
    });

    test(`${JSON.stringify(trap)} once checked is not changed by a second check`, () => {
      const path = safeReturnTo(trap);

      assert.equal(safeReturnTo(path), path);
    });
  }

  for (const path of ['/', '/cart', '/shop?q=bag&page=2', '/shop/weekender', '/session']) {
    test(`${path} is taken as it is`, () => {
      assert.equal(safeReturnTo(path), path);
    });
  }

  for (const value of [undefined, null, 1, ['/cart'], { path: '/cart' }, `/${'a'.repeat(2001)}`]) {
    test(`${JSON.stringify(value)?.slice(0, 30)} leads to the dashboard`, () => {
      assert.equal(safeReturnTo(value), '/');
    });
  }
});

suite('the way back', () => {
  const shop = shopOfSuite('sqlite');

  test('goes through the sign-in form', async () => {
    const ada = newPerson();
    await new Browser(shop).signUp(ada);
    const phone = new Browser(shop);

    const form = await phone.get('/login?next=%2Fcart%3Fa%3Db');
    assert.equal(valueOf(form, 'next'), '/cart?a=b');
    const { email, password } = ada;
    assert.equal((await phone.send(form, '/login', { email, password })).location, '/cart?a=b');
  });

  test('never leads to another site, whatever the form says', async () => {
    const { email, password } = newPerson();
    const ada = { name: 'Ada', email, password };
    await new Browser(shop).signUp(ada);

    for (const next of traps.slice(0, 12)) {
      const answer = await new Browser(shop).post('/login', { email, password, next });
      assert.equal(answer.status, 303);
      assert.equal(new URL(answer.location!, ORIGIN).origin, ORIGIN);
    }
  });

  for (const query of [
    'next=%2F%2Fevil.example',
    'next=/cart&next=//evil.example',
    'next[]=/cart',
  ]) {
    test(`never stands in the form as another site: ?${query}`, async () => {
      const form = await new Browser(shop).get(`/login?${query}`);
      assert.equal(form.status, 200);
      assert.equal(valueOf(form, 'next'), '/');
    });
  }
});
