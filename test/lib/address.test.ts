import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { addressBlock, addressBlocks, networkOf, widestBlock } from '../../src/lib/address.ts';

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

suite('an address is limited as what one customer holds', () => {
  const blocks: [what: string, address: string, block: string][] = [
    ['IPv4', '203.0.113.77', '203.0.113.77'],
    ['IPv4 within IPv6', '::ffff:203.0.113.77', '203.0.113.77'],
    ['IPv6', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['IPv6 written short', '2001:db8::77', '2001:db8:0:0::/64'],
    ['IPv6 with zeros in front and capitals', '2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['this machine', '::1', '0:0:0:0::/64'],
  ];
  for (const [what, address, block] of blocks) {
    test(`${what}: ${address} counts for ${block}`, () => {
      assert.equal(addressBlock(address), block);
      assert.deepEqual(addressBlocks(address)[0], { block, share: 1 });
    });
  }

  test('the blocks around an IPv6 address are a /56 and a /48, and may do more', () => {
    assert.deepEqual(addressBlocks('2001:db8:1:abcd::77').slice(1), [
      { block: '2001:db8:1:ab00::/56', share: 4 },
      { block: '2001:db8:1::/48', share: 16 },
    ]);
    assert.equal(widestBlock('2001:db8:1:abcd::77'), '2001:db8:1::/48');
  });

  test('an IPv4 address stands for itself', () => {
    assert.equal(addressBlocks('::ffff:192.0.2.1').length, 1);
    assert.equal(widestBlock('192.0.2.1'), '192.0.2.1');
  });
});
