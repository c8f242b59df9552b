import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { networkOf } from '../../src/domain/address.ts';

suite('of an address only the network is kept', () => {
  test('of IPv4 three of the four numbers', () => {
    assert.equal(networkOf('203.0.113.77'), '203.0.113.*');
    assert.equal(networkOf('::ffff:203.0.113.77'), '203.0.113.*');
  });

  test('of IPv6 three of the eight groups', () => {
    assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:*');
  });

  const addresses = ['2a00::1', 'fe80::abcd', '::1', '2001:db8::77', '2001:db8:0:1::77'];
  for (const address of addresses) {
    test(`${address}, written short, gives no more away`, () => {
      const host = address.slice(address.lastIndexOf(':') + 1);

      assert.ok(!networkOf(address).split(':').includes(host), networkOf(address));
    });
  }

  test('two addresses of one /48 are one network, however they are written', () => {
    assert.equal(networkOf('2001:db8::77'), networkOf('2001:db8:0:1:2:3:4:5'));
  });
});
