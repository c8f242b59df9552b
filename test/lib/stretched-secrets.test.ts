import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { deriveKey } from '../../src/lib/derived-key.ts';
import { stretchSecrets } from '../../src/lib/stretched-secrets.ts';
import { createCookieSigner } from '../../src/session/speed/cookie-signer.ts';
import { createKeyring } from '../../src/store/sealing/keyring.ts';
import { Browser, newPerson } from '../support/browser.ts';
import { SECRET, stores } from '../support/shop.ts';
import { shopOfSuite } from '../support/suite-shop.ts';

test('the stretched secrets come first, in order, and the same secret gives the same', () => {
  const [first, second, ...plain] = stretchSecrets(['one', 'two']);
  assert.deepEqual(plain, ['one', 'two']);
  assert.match(first!, /^[\w-]{43}$/);
  assert.deepEqual(stretchSecrets(['two', 'one']).slice(0, 2), [second, first]);
});

test('what was sealed without stretching opens, and is sealed again', () => {
  const keyring = createKeyring(stretchSecrets([SECRET]));
  const sealed = createKeyring([SECRET]).seal('text', 'place');
  assert.deepEqual(keyring.open(sealed, 'place'), { text: 'text', stale: true });
  assert.equal(createKeyring([SECRET]).open(keyring.seal('text', 'place'), 'place'), null);
});

/** Signs and verifies as releases without stretching did, and as somebody does who guesses quickly. */
const plain = createCookieSigner([deriveKey(SECRET, 'cookie signature')]);

for (const store of stores) {
  suite(`the cookie of a session on ${store}`, () => {
    const shop = shopOfSuite(store);

    test('cannot be compared with a guess that is not stretched', async () => {
      const browser = new Browser(shop);
      await browser.signUp(newPerson());
      const cookie = decodeURIComponent(browser.cookies.get('satchel-3000')!);
      assert.equal(plain.unsign(cookie).valid, false);
    });

    test('of an older release stays signed in, and is signed again', async () => {
      const browser = new Browser(shop);
      await browser.signUp(newPerson());
      const cookie = browser.cookies.get('satchel-3000')!;
      const [id] = decodeURIComponent(cookie).split('.');
      browser.cookies.set('satchel-3000', encodeURIComponent(plain.sign(id!)));

      assert.equal(await browser.isSignedIn(), true);
      assert.equal(browser.cookies.get('satchel-3000'), cookie);
    });
  });
}
