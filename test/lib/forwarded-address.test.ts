import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { forwardedAddress } from '../../src/lib/forwarded-address.ts';

const entries: [entry: string, address: string | null][] = [
  ['203.0.113.8', '203.0.113.8'],
  [' 203.0.113.8\t', '203.0.113.8'],
  ['203.0.113.8:50001', '203.0.113.8'],
  ['"203.0.113.8:50001"', '203.0.113.8'],
  ['2001:db8::8', '2001:db8::8'],
  ['2001:DB8:0:0:0:0:0:8', '2001:db8::8'],
  ['[2001:db8::8]', '2001:db8::8'],
  ['[2001:db8::8]:443', '2001:db8::8'],
  ['"[2001:db8::8]:443"', '2001:db8::8'],
  ['fe80::1%eth0', 'fe80::1'],
  ['[fe80::1%25eth0]:443', 'fe80::1'],
  ['::ffff:203.0.113.8', '203.0.113.8'],
  ['::FFFF:cb00:7108', '203.0.113.8'],
  ['[::ffff:203.0.113.8]:443', '203.0.113.8'],
  ['', null],
  ['unknown', null],
  ['_hidden', null],
  ['_SEVKISEK:80', null],
  ['shop.example', null],
  ['203.0.113', null],
  ['203.0.113.256', null],
  ['203.0.113.8:port', null],
  ['203.0.113.8 203.0.113.9', null],
  ['[203.0.113.8', null],
  ['[]', null],
  ['2001:db8::8:50001', null],
  ['for=203.0.113.8', null],
  ['%', null],
];

suite('an entry of X-Forwarded-For', () => {
  for (const [entry, address] of entries) {
    test(`${JSON.stringify(entry)} says ${address ?? 'nothing'}`, () => {
      assert.equal(forwardedAddress(entry), address);
    });
  }
});
