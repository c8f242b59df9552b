import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { originOf, readOrigin, readReferer } from '../../src/lib/origin.ts';

suite('an origin has one notation', () => {
  const hosts: [host: string, scheme: string, origin: string][] = [
    ['shop.example', 'https:', 'https://shop.example'],
    ['Shop.EXAMPLE', 'https:', 'https://shop.example'],
    ['shop.example:443', 'https:', 'https://shop.example'],
    ['shop.example:80', 'http:', 'http://shop.example'],
    ['shop.example:', 'https:', 'https://shop.example'],
    ['shop.example.', 'https:', 'https://shop.example'],
    ['shop.example.:8443', 'https:', 'https://shop.example:8443'],
    ['shop.example:80', 'https:', 'https://shop.example:80'],
    ['[0:0:0:0:0:0:0:1]:3000', 'http:', 'http://[::1]:3000'],
    ['[2001:DB8::1]:443', 'https:', 'https://[2001:db8::1]'],
  ];
  for (const [host, scheme, origin] of hosts) {
    test(`${host} by ${scheme} is ${origin}`, () => assert.equal(originOf(scheme, host), origin));
  }
});

suite('what is no host has no origin', () => {
  const wrong = [
    '',
    'a b',
    'user@shop.example',
    'shop.example/path',
    'shop.example?',
    'shop.example#',
    'shop.example\\',
    '%73hop.example',
    'shop.example:99999',
    'shop.example:8o',
    'shop.example,evil.example',
    'ｓhop.example',
    '[::1',
    '[shop.example]',
    '::1',
  ];
  for (const host of wrong) {
    test(JSON.stringify(host), () => assert.equal(originOf('https:', host), null));
  }
});

test('an Origin header is only an origin', () => {
  assert.equal(readOrigin('HTTPS://Shop.Example:443'), 'https://shop.example');
  for (const text of [
    'null',
    '',
    'https://shop.example/',
    'https://a@shop.example',
    'shop.example',
  ]) {
    assert.equal(readOrigin(text), null, text);
  }
});

test('a Referer is a whole address', () => {
  assert.equal(readReferer('https://Shop.Example:443/cart?a=b'), 'https://shop.example');
  assert.equal(readReferer('https://shop.example@evil.example/'), 'https://evil.example');
  for (const text of ['', '/cart', 'shop.example', 'about:blank']) {
    assert.equal(readReferer(text), null, text);
  }
});
