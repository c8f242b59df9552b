import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { deriveKey } from '../../src/lib/derived-key.ts';
import { createKeyring } from '../../src/store/sealing/keyring.ts';
import { SECRET } from '../support/shop.ts';

suite(
  'keys stay what they were, or nobody is signed in and nothing can be read after an update',
  () => {
    const keys = {
      'cookie signature': '077eb16e2d8397122c9303f3eca81aea836a0a1f4d18c188b736086b4c69f45e',
      'known device': '34da208339ce9e87e11158dfdf9c40275e70337d6a55abf6607884ef77e260ba',
      limits: '9e27f101c4e469f886471de0c76c7f84ec7d5c6ca0273e218d19a3d8fd6718e6',
    };
    for (const [purpose, hex] of Object.entries(keys)) {
      test(`the one for: ${purpose}`, () => {
        assert.equal(deriveKey(SECRET, purpose).toString('hex'), hex);
      });
    }

    test('the one for sealing opens what was sealed before', () => {
      const sealed = Buffer.from('KsF2ngznGVJGhIPQPtBQ4hLSPQ7Afkzlws89n0mJFn1Q', 'base64');

      const opened = createKeyring([SECRET]).open(sealed, 'session:1/a');
      assert.deepEqual(opened, { text: 'kept', stale: false });
    });
  },
);
