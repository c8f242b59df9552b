import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, test } from 'node:test';
import { Signer } from '@fastify/cookie';
import { createCookieSigner } from '../../../src/session/speed/cookie-signer.ts';

const [first, second] = [randomBytes(32), randomBytes(32)];

suite('the cookie signer', () => {
  test("signs as @fastify/cookie's does", () => {
    const theirs = new Signer(first);

    for (const value of ['an id', 'with.dots.', '']) {
      assert.equal(createCookieSigner([first]).sign(value), theirs.sign(value));
      assert.deepEqual(theirs.unsign(createCookieSigner([first]).sign(value)).value, value);
    }
  });

  test('accepts what it signed, the first time and later', () => {
    const signer = createCookieSigner([first]);
    const cookie = signer.sign('an id');

    for (const time of ['first', 'second']) {
      assert.deepEqual(signer.unsign(cookie), { valid: true, renew: false, value: 'an id' }, time);
      assert.equal(signer.sign('an id'), cookie, time);
    }
  });

  test('accepts what a retired key signed, and signs it again with the first', () => {
    const signer = createCookieSigner([second, first]);
    const old = createCookieSigner([first]).sign('an id');

    assert.deepEqual(signer.unsign(old), { valid: true, renew: true, value: 'an id' });
    assert.equal(signer.sign('an id'), createCookieSigner([second]).sign('an id'));
  });

  const right = createCookieSigner([first]).sign('an id');
  const wrong: [what: string, cookie: string][] = [
    ['nothing', ''],
    ['a dot', '.'],
    ['no signature', 'an id'],
    ['an empty signature', 'an id.'],
    ['the signature of another id', right.replace('an id', 'another id')],
    ['another signature', right.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))],
    ['a longer one', `${right}=`],
    ['a shorter one', right.slice(0, -1)],
    ['one by a key we do not know', createCookieSigner([second]).sign('an id')],
  ];
  for (const [what, cookie] of wrong) {
    test(`refuses ${what}, however often`, () => {
      const signer = createCookieSigner([first]);
      signer.unsign(right);

      assert.equal(signer.unsign(cookie).valid, false);
      assert.equal(signer.unsign(cookie).valid, false);
    });
  }
});
